/** Which times the far end has missed. Pure. */
import * as v from 'valibot';

const gap = v.object({
  /** Unix time by the stream's clock, in ms. */
  fromMs: v.number(),
  /** Undefined while the links are still gone. */
  untilMs: v.exactOptional(v.number()),
  /** SHA-256 of each file that the far end has, in their order, hexadecimal. */
  sent: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[\da-f]{64}$/))), v.maxLength(5_000)),
});

export type Gap = v.InferOutput<typeof gap>;

const list = v.pipe(v.array(gap), v.maxLength(64));

/** What is saved: over restarts, the oldest gap first. Older builds called them holes: an update loses none. */
export const savedGaps = v.union([
  v.object({ gaps: list }),
  v.pipe(
    v.object({ holes: list }),
    v.transform(({ holes }) => ({ gaps: holes })),
  ),
]);

export interface Gaps {
  readonly gaps: readonly Gap[];
}

/** Of the stream's way to the far end, once a second. */
export interface Observation {
  /** By the stream's clock. */
  readonly nowMs: number;
  /** A drop is live, so that there is something to miss. */
  readonly isLive: boolean;
  /** Nothing arrives, or not all. */
  readonly isDark: boolean;
}

export interface Margins {
  /** How long before it is noticed the far end may already have missed something. */
  readonly beforeMs: number;
  /** How long after the return it may still. */
  readonly afterMs: number;
}

/** Older ones are given up. */
const GAPS_MAX = 32;

/**
 * @param goodMs When all was well last: on a busy box the fault is seen late.
 * @returns the very same list where nothing has changed.
 */
export function stepGaps(
  gaps: readonly Gap[],
  { nowMs, isLive, isDark }: Observation,
  { beforeMs, afterMs }: Margins,
  goodMs = nowMs,
): readonly Gap[] {
  const last = gaps.at(-1);
  const isOpen = last !== undefined && last.untilMs === undefined;
  if (isLive && isDark) {
    if (isOpen) return gaps;
    const fromMs = Math.min(nowMs, goodMs) - beforeMs;
    // One that begins before the last has ended goes on with it, unless its files are on their way.
    if (last?.untilMs !== undefined && fromMs <= last.untilMs && last.sent.length === 0) {
      return [...gaps.slice(0, -1), { fromMs: last.fromMs, sent: [] }];
    }
    return [...gaps, { fromMs, sent: [] }].slice(-GAPS_MAX);
  }
  if (!isOpen) return gaps;
  const untilMs = Math.max(last.fromMs, nowMs + (isLive ? afterMs : 0));
  return [...gaps.slice(0, -1), { ...last, untilMs }];
}
