/**
 * How fast to play, so that the player stays as near to the edge as its
 * network lets it: pure, times come in as arguments.
 *
 * The measure is the trough: the least that was buffered ahead lately, just
 * before a part came in. Latency is that plus one part; holding the trough
 * holds the latency.
 */
export interface Pace {
  /** What the trough should be, in s. */
  readonly cushionS: number;
  readonly samples: readonly { readonly atMs: number; readonly aheadS: number }[];
  readonly calmSinceMs: number;
}

/** 0.12 s of cushion and a part of 0.2 s make the target of about 0.35 s. */
const CUSHION_S = 0.12;
const CUSHION_MAX_S = 1;
/** Added for each stall; forgotten slowly. */
const CUSHION_STEP_S = 0.06;
const FORGET_AFTER_MS = 20_000;

/** Long enough to hold several parts. */
const TROUGH_MS = 1_200;
/** Inside this band the speed is left alone. */
const BAND_S = 0.03;
const FASTEST = 1.12;
const SLOWEST = 0.94;
/** Further off than this a jump is kinder than a long catching up. */
export const JUMP_S = 1.5;

export function openPace(nowMs: number): Pace {
  return { cushionS: CUSHION_S, samples: [], calmSinceMs: nowMs };
}

/** Takes note of what is buffered ahead now. */
export function observe(pace: Pace, aheadS: number, nowMs: number): Pace {
  const samples = [
    ...pace.samples.filter(({ atMs }) => nowMs - atMs < TROUGH_MS),
    { atMs: nowMs, aheadS },
  ];
  if (nowMs - pace.calmSinceMs < FORGET_AFTER_MS || pace.cushionS <= CUSHION_S) {
    return { ...pace, samples };
  }
  return {
    samples,
    calmSinceMs: nowMs,
    cushionS: Math.max(CUSHION_S, pace.cushionS - CUSHION_STEP_S),
  };
}

/** The buffer ran dry: a larger cushion from now on. */
export function stalled(pace: Pace, nowMs: number): Pace {
  return {
    cushionS: Math.min(CUSHION_MAX_S, pace.cushionS + CUSHION_STEP_S),
    samples: [],
    calmSinceMs: nowMs,
  };
}

/** A jump was made: what was measured before it says nothing any more. */
export function jumped(pace: Pace): Pace {
  return { ...pace, samples: [] };
}

export type Move = { readonly rate: number } | { readonly jumpS: number };

/** Play at `rate`, or jump ahead by `jumpS`. */
export function choosePace(pace: Pace): Move {
  const first = pace.samples[0];
  const last = pace.samples.at(-1);
  if (first === undefined || last === undefined) return { rate: 1 };
  const troughS = Math.min(...pace.samples.map(({ aheadS }) => aheadS));
  const excessS = troughS - pace.cushionS;
  const hasSeenParts = last.atMs - first.atMs > TROUGH_MS / 2;
  if (hasSeenParts && excessS > JUMP_S) return { jumpS: excessS };
  // Running dry is answered at once, catching up only on evidence.
  if (excessS < -BAND_S) return { rate: Math.max(SLOWEST, 1 + excessS * 0.8) };
  if (!hasSeenParts || excessS < BAND_S) return { rate: 1 };
  return { rate: Math.min(FASTEST, 1 + excessS * 0.5) };
}
