/** What a player's samples say about it. Pure. */
import type { Phase, PhaseName } from './course.ts';
import type { Sample } from './player.ts';

export interface PlayerReport {
  /** From its start to its first frame, in s; undefined where none was shown. */
  readonly firstFrameS: number | undefined;
  /** Distance to live while all is well: the median, in s. */
  readonly behindS: number | undefined;
  /** Times that the picture stood for longer than {@link STALL_MS} while all was well. */
  readonly stalls: number;
  /** By phase of a fault: how long the picture stood at most, in s; undefined where it never went on. */
  readonly stoodS: Readonly<Partial<Record<PhaseName, number | undefined>>>;
  /** From the last frame that it showed to the last one of the drop, in s. */
  readonly missedAtEndS: number | undefined;
}

/** A picture that stands for so long is a stall that people see. */
const STALL_MS = 500;
/** It plays where it has shown another frame so shortly before the end of a phase. */
const ALIVE_MS = 4_000;

/**
 * @param startedMs Unix time at which the player was started.
 * @param lastFrameMs When the last frame of the drop was taken.
 */
export function reportOf(
  samples: readonly Sample[],
  phases: readonly Phase[],
  startedMs: number,
  lastFrameMs: number,
): PlayerReport {
  const [first] = samples;
  const moves = samples.filter(({ shownMs }, i) => shownMs !== samples[i - 1]?.shownMs);
  const settled = phases.find(({ name }) => name === 'steady');
  const steady = moves.filter(({ atMs }) => isIn(atMs, settled, 0.25));
  const stoodS: Partial<Record<PhaseName, number | undefined>> = {};
  for (const phase of phases) {
    if (phase.name !== 'steady' && phase.name !== 'end') stoodS[phase.name] = stoodIn(moves, phase);
  }
  const newestMs = Math.max(...samples.map(({ shownMs }) => shownMs));
  return {
    firstFrameS: first && (first.atMs - startedMs) / 1000,
    behindS: median(steady.map(({ atMs, shownMs }) => (atMs - shownMs) / 1000)),
    stalls: gapsOf(steady.map(({ atMs }) => atMs)).filter((ms) => ms > STALL_MS).length,
    stoodS,
    missedAtEndS: first && Math.max(0, (lastFrameMs - newestMs) / 1000),
  };
}

/** @param after This share of it is left out. */
function isIn(atMs: number, phase: Phase | undefined, after: number): boolean {
  if (phase === undefined) return false;
  const { startMs, endMs } = phase;
  return atMs >= startMs + after * (endMs - startMs) && atMs < endMs;
}

function stoodIn(moves: readonly Sample[], { startMs, endMs }: Phase): number | undefined {
  const timesMs = moves.map(({ atMs }) => atMs).filter((ms) => ms >= startMs && ms < endMs);
  const lastMs = timesMs.at(-1);
  if (lastMs === undefined || endMs - lastMs > ALIVE_MS) return undefined;
  return Math.max(0, ...gapsOf([startMs, ...timesMs])) / 1000;
}

function gapsOf(timesMs: readonly number[]): readonly number[] {
  return timesMs.slice(1).map((ms, i) => ms - (timesMs[i] ?? ms));
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
