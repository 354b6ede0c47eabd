/**
 * How fast to play, so that the player stays as close to the live edge as its
 * network allows. Pure: times come in as arguments.
 */

/**
 * The measure is the smallest forward buffer of the last second, just before a
 * part arrived. Latency is that plus one part, so a constant minimum gives a
 * constant latency.
 */
export interface Pace {
  /** What the smallest forward buffer should be, in s. */
  readonly targetS: number;
  /** The target without stalls. */
  readonly baseS: number;
  readonly samples: readonly { readonly atMs: number; readonly aheadS: number }[];
  readonly stableSinceMs: number;
}

/**
 * By the way in which media comes. Of fetched parts, 0.12 s of buffer and a part of 0.2 s give
 * a latency of about 0.35 s.
 */
export const TARGETS_S = { parts: 0.12, push: 0.1, frames: 0.08 } as const;
const TARGET_MAX_S = 1;
/** Added for each stall, and taken back after this long without one. */
const TARGET_STEP_S = 0.06;
const STEP_BACK_AFTER_MS = 20_000;

/** Long enough for several parts. */
const WINDOW_MS = 1_200;
/** Within this distance of the target the speed is normal. */
const TOLERANCE_S = 0.03;
const RATE_MAX = 1.12;
const RATE_MIN = 0.94;
/** Further behind than this the player jumps instead of catching up. */
export const JUMP_S = 1.5;

export function openPace(nowMs: number, targetS: number = TARGETS_S.parts): Pace {
  return { targetS, baseS: targetS, samples: [], stableSinceMs: nowMs };
}

/** Media comes another way: what stalls have added stays. */
export function withTarget(pace: Pace, baseS: number): Pace {
  return { ...pace, baseS, targetS: pace.targetS + baseS - pace.baseS };
}

/** @param aheadS What is buffered ahead now, in s. */
export function addSample(pace: Pace, aheadS: number, nowMs: number): Pace {
  const samples = [
    ...pace.samples.filter(({ atMs }) => nowMs - atMs < WINDOW_MS),
    { atMs: nowMs, aheadS },
  ];
  if (nowMs - pace.stableSinceMs < STEP_BACK_AFTER_MS || pace.targetS <= pace.baseS) {
    return { ...pace, samples };
  }
  return {
    ...pace,
    samples,
    stableSinceMs: nowMs,
    targetS: Math.max(pace.baseS, pace.targetS - TARGET_STEP_S),
  };
}

/** The buffer ran empty: a larger one from now on. */
export function afterStall(pace: Pace, nowMs: number): Pace {
  return {
    ...pace,
    targetS: Math.min(TARGET_MAX_S, pace.targetS + TARGET_STEP_S),
    samples: [],
    stableSinceMs: nowMs,
  };
}

/** A jump was made: samples from before it no longer apply. */
export function afterJump(pace: Pace): Pace {
  return { ...pace, samples: [] };
}

export type PaceChange = { readonly rate: number } | { readonly jumpS: number };

/** Play at `rate`, or jump ahead by `jumpS`. */
export function choosePace(pace: Pace): PaceChange {
  const first = pace.samples[0];
  const last = pace.samples.at(-1);
  if (first === undefined || last === undefined) return { rate: 1 };
  const smallestS = Math.min(...pace.samples.map(({ aheadS }) => aheadS));
  const excessS = smallestS - pace.targetS;
  const hasSeenParts = last.atMs - first.atMs > WINDOW_MS / 2;
  if (hasSeenParts && excessS > JUMP_S) return { jumpS: excessS };
  // Slowing down happens at once, catching up only after several parts.
  if (excessS < -TOLERANCE_S) return { rate: Math.max(RATE_MIN, 1 + excessS * 0.8) };
  if (!hasSeenParts || excessS < TOLERANCE_S) return { rate: 1 };
  return { rate: Math.min(RATE_MAX, 1 + excessS * 0.5) };
}
