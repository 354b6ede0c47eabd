/** Starts of the box that did not end in good order, and when they are too many. Pure. */
import * as v from 'valibot';

export const crashesSchema = v.object({
  v: v.literal(1),
  /** The run of the machine: a power cut is no crash. */
  bootId: v.pipe(v.string(), v.maxLength(64)),
  /** Of the program: another version is no culprit for this one's crashes. */
  version: v.pipe(v.string(), v.maxLength(100)),
  /** When each began, in ms since the machine was started; the oldest first. */
  startsMs: v.pipe(v.array(v.number()), v.maxLength(20)),
  /** Why the last one ended, where it had the time to say so. */
  reason: v.nullable(v.pipe(v.string(), v.maxLength(500))),
});

export type Crashes = v.InferOutput<typeof crashesSchema>;

/** This many within {@link WITHIN_MS}, and the box starts without what it most likely died of. */
export const CRASHES_MAX = 3;
/** During a drop: guests who see it again after each restart are better off than those who see nothing. */
export const LIVE_CRASHES_MAX = 8;
export const WITHIN_MS = 300_000;

export interface Start {
  readonly bootId: string;
  readonly version: string;
  readonly sinceBootMs: number;
}

/** A start counts as one that has crashed until {@link endedWell}. */
export function started(before: Crashes | undefined, start: Start): Crashes {
  const { bootId, version, sinceBootMs } = start;
  const isSame = before?.bootId === bootId && before.version === version && bootId !== '';
  const recent = isSame ? before.startsMs.filter((ms) => isRecent(ms, sinceBootMs)) : [];
  const reason = recent.length > 0 ? (before?.reason ?? null) : null;
  const startsMs = [...recent, sinceBootMs].slice(-(LIVE_CRASHES_MAX + 1));
  return { v: 1, bootId, version, startsMs, reason };
}

const isRecent = (ms: number, nowMs: number) => ms <= nowMs && nowMs - ms < WITHIN_MS;

/**
 * Why the start that was just counted is to be one in safe mode; undefined where it is not.
 *
 * @param isLive A drop would be resumed.
 */
export function safeModeReason({ startsMs, reason }: Crashes, isLive: boolean): string | undefined {
  const crashes = startsMs.length - 1;
  if (crashes < (isLive ? LIVE_CRASHES_MAX : CRASHES_MAX)) return undefined;
  const why = reason ?? 'the program was killed or died without a word; see the log of the machine';
  return `it ended ${crashes} times within ${WITHIN_MS / 60_000} minutes, the last time as ${why}`;
}

export function failedWith(crashes: Crashes, reason: string): Crashes {
  return { ...crashes, reason: reason.slice(0, 500) };
}

/** In good order: nothing is held against the next start. */
export function endedWell(crashes: Crashes): Crashes {
  return { ...crashes, startsMs: [], reason: null };
}
