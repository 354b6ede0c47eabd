/**
 * How fast to play, so that the player stays as close to the live edge as its
 * network allows. Pure: times come in as arguments.
 */

import { addToWindow, minimumOf, type SliceMinimum } from './sliding-minimum.ts';

/**
 * The measure is the smallest forward buffer of the last seconds, just before media
 * arrived. Latency is that plus one part, so a constant minimum gives a constant latency.
 */
export interface Pace {
  /** What the smallest forward buffer should be, in s. */
  readonly targetS: number;
  /** The target without stalls. */
  readonly baseS: number;
  /**
   * Where the buffer ended, less the time of the clock, in s: unlike what was buffered ahead it
   * stays true whatever the speed was since. The smallest one of each SAMPLE_MS.
   */
  readonly samples: readonly SliceMinimum[];
  /** Since it started, stalled or jumped. */
  readonly sinceMs: number;
  readonly stableSinceMs: number;
  /** So long without a stall, and the target becomes smaller again. */
  readonly stepBackAfterMs: number;
  /** On its way to the target: only there, and not anywhere near it, does the speed become normal. */
  readonly isSettling: boolean;
}

/** Where playback is: the ends of what is buffered and played, in s of media time. */
export interface Place {
  readonly endS: number;
  readonly nowS: number;
}

/**
 * By the way in which media comes. Chromium stops with less than 0.06 s ahead. Of fetched parts,
 * 0.07 s and a part of 0.2 s make a latency of some 0.31 s; frames wait for nothing else.
 */
export const TARGETS_S = { parts: 0.07, push: 0.085, frames: 0.1 } as const;
const TARGET_MAX_S = 1;
/** Added for each stall, and taken back after a time without one. */
const TARGET_STEP_S = 0.06;
/** Twice as long after each stall, or a device that needs more would stall for ever. */
const STEP_BACK_FIRST_MS = 20_000;
const STEP_BACK_MAX_MS = 640_000;

/** Playback starts so far behind the target: until the next part comes, there must be enough. */
export const START_BEHIND_S = 0.145;

/**
 * A late part is remembered for so long: on uneven networks the next one comes within it. At
 * first for half of the time since the start, which is always uneven, and no less than for
 * several parts.
 */
const WINDOW_MAX_MS = 8_000;
const WINDOW_MIN_MS = 1_200;
const SAMPLE_MS = 200;
/** Media must have come for so long before the player catches up. */
const SEEN_MS = 600;
/** Within this distance of the target the speed stays normal, */
const TOLERANCE_S = 0.03;
/** and within this one it becomes so. */
const SETTLED_S = 0.006;
const RATE_MAX = 1.12;
const RATE_MIN = 0.94;
/**
 * To keep the pitch at another speed a browser needs some 0.04 s more of sound ahead. Nearer to
 * the target than this there is no room for it: the speed alone changes, too little to be heard.
 */
const KEEPS_PITCH_FROM_S = 0.1;
const PITCHED_RATE_MAX = 1.03;
/** For some browsers (WebKitGTK) each change of the speed is a seek: few speeds, few changes. */
const RATE_STEP = 0.015;
/** Further behind than this the player jumps instead of catching up. */
export const JUMP_S = 1.5;

export function openPace(nowMs: number): Pace {
  return {
    targetS: TARGETS_S.parts,
    baseS: TARGETS_S.parts,
    samples: [],
    sinceMs: nowMs,
    stableSinceMs: nowMs,
    stepBackAfterMs: STEP_BACK_FIRST_MS,
    isSettling: true,
  };
}

/** Media comes another way: what stalls have added stays. */
export function withBase(pace: Pace, baseS: number): Pace {
  if (baseS === pace.baseS) return pace;
  return { ...pace, baseS, targetS: pace.targetS + baseS - pace.baseS, isSettling: true };
}

/** To be called at regular times, and whenever media is about to be added to the buffer. */
export function addSample(pace: Pace, place: Place, nowMs: number): Pace {
  const marginS = place.endS - nowMs / 1_000;
  const windowMs = Math.min(WINDOW_MAX_MS, Math.max(WINDOW_MIN_MS, (nowMs - pace.sinceMs) / 2));
  const samples = addToWindow(pace.samples, marginS, nowMs, { sliceMs: SAMPLE_MS, windowMs });
  return settle(stepBack({ ...pace, samples }, nowMs), place, nowMs);
}

function stepBack(pace: Pace, nowMs: number): Pace {
  const isStable = nowMs - pace.stableSinceMs >= pace.stepBackAfterMs;
  if (!isStable || pace.targetS <= pace.baseS) return pace;
  const targetS = Math.max(pace.baseS, pace.targetS - TARGET_STEP_S);
  return { ...pace, targetS, stableSinceMs: nowMs, isSettling: true };
}

function settle(pace: Pace, place: Place, nowMs: number): Pace {
  if (!isSeen(pace, nowMs)) return pace;
  const offS = Math.abs(excessS(pace, place, nowMs));
  return { ...pace, isSettling: offS > (pace.isSettling ? SETTLED_S : TOLERANCE_S) };
}

/** The buffer ran empty: a larger one from now on. */
export function afterStall(pace: Pace, nowMs: number): Pace {
  return {
    ...pace,
    targetS: Math.min(TARGET_MAX_S, pace.targetS + TARGET_STEP_S),
    samples: [],
    sinceMs: nowMs,
    stableSinceMs: nowMs,
    stepBackAfterMs: Math.min(STEP_BACK_MAX_MS, 2 * pace.stepBackAfterMs),
    isSettling: true,
  };
}

/** A jump was made: what came before it no longer applies. */
export function afterJump(pace: Pace, nowMs: number): Pace {
  return { ...pace, samples: [], sinceMs: nowMs, isSettling: true };
}

export type PaceChange =
  | { readonly rate: number; readonly keepsPitch: boolean }
  | { readonly jumpS: number };

/** Play at `rate`, or jump ahead by `jumpS`. */
export function choosePace(pace: Pace, place: Place, nowMs: number): PaceChange {
  if (pace.samples.length === 0) return { rate: 1, keepsPitch: true };
  const offS = excessS(pace, place, nowMs);
  if (isSeen(pace, nowMs) && offS > JUMP_S) return { jumpS: offS };
  // Slowing down happens at once, catching up only after several parts.
  if (offS < -TOLERANCE_S)
    return { rate: Math.max(RATE_MIN, stepped(offS * 0.8)), keepsPitch: false };
  if (!isSeen(pace, nowMs) || !pace.isSettling) return { rate: 1, keepsPitch: true };
  if (offS > KEEPS_PITCH_FROM_S) {
    return { rate: Math.min(RATE_MAX, stepped(offS * 0.5)), keepsPitch: true };
  }
  return { rate: Math.min(PITCHED_RATE_MAX, stepped(offS)), keepsPitch: false };
}

/** The speed that is next to 1 and this, and not 1: the target would not be reached. */
function stepped(by: number): number {
  const steps = Math.max(1, Math.round(Math.abs(by) / RATE_STEP));
  return 1 + Math.sign(by) * steps * RATE_STEP;
}

/** By how much the smallest forward buffer is above its target, as playback is now. */
function excessS({ samples, targetS }: Pace, { nowS }: Place, nowMs: number): number {
  return minimumOf(samples) + nowMs / 1_000 - nowS - targetS;
}

function isSeen({ samples }: Pace, nowMs: number): boolean {
  return nowMs - (samples[0]?.atMs ?? nowMs) > SEEN_MS;
}
