/** Which rendition to play, by how fast parts come in, stalls and dropped frames. Pure. */
import { addToWindow, minimumOf, type SliceMinimum, since } from './pace/sliding-minimum.ts';

export interface Transfer {
  readonly bytes: number;
  /** From the first byte to the last. */
  readonly ms: number;
}

/** Totals since the video element exists. */
export interface FrameTotals {
  readonly shown: number;
  readonly dropped: number;
}

export interface PlaybackHistory {
  /** The latest transfers, oldest first. */
  readonly transfers: readonly Transfer[];
  /** Of the last seconds, oldest first. */
  readonly frames: readonly (FrameTotals & { readonly atMs: number })[];
  /** How late parts came in the last half minute, oldest first: the least late of each half second. */
  readonly arrivals: readonly SliceMinimum[];
  /** When playback was interrupted in the last seconds, oldest first. */
  readonly interruptedMs: readonly number[];
  /** No change up before. */
  readonly upFromMs: number;
  /** This device could not decode the rendition with this index, or a higher one. */
  readonly tooLarge: { readonly index: number; readonly untilMs: number } | undefined;
}

const TRANSFERS_MAX = 12;
/** Clocks in browsers are no finer. */
const TRANSFER_MIN_MS = 1;
/**
 * Parts that all come later than before, by more than this, wait in a queue: more is sent than the
 * line carries. Jitter and repeated packets delay some parts only, though each by as much.
 */
const BEHIND_MS = 80;
const BEHIND_WITHIN_MS = 1_000;
const ARRIVALS = { windowMs: 30_000, sliceMs: 500 };
const UP_RATIO = 3;
const DOWN_RATIO = 1.3;
/** From the start, and from a stall, to a change up. */
const STABLE_MS = 1_500;
/** Between two changes up. */
const UP_EVERY_MS = 10_000;
const UP_AFTER_DOWN_MS = 15_000;
/** So many interruptions within this time are no accident of the network. */
const INTERRUPTIONS_MAX = 2;
const INTERRUPTIONS_WINDOW_MS = 15_000;
/** What follows an interruption so soon is the same one: a stall, and the jump out of it. */
const SAME_INTERRUPTION_MS = 1_000;
const UP_AFTER_INTERRUPTIONS_MS = 60_000;
const FRAMES_WINDOW_MS = 3_000;
/** Fewer frames say nothing about how many are dropped. */
const FRAMES_MIN = 30;
const DROPPED_RATIO_MAX = 0.2;
const TOO_LARGE_MS = 120_000;

export function openHistory(nowMs: number): PlaybackHistory {
  const nothing = { transfers: [], frames: [], arrivals: [], interruptedMs: [] };
  return { ...nothing, upFromMs: nowMs + STABLE_MS, tooLarge: undefined };
}

export function addTransfer(history: PlaybackHistory, transfer: Transfer): PlaybackHistory {
  return { ...history, transfers: [...history.transfers.slice(1 - TRANSFERS_MAX), transfer] };
}

/** @param lateMs From the end of a part, by its date, to its arrival, by any steady clock. */
export function addArrival(
  history: PlaybackHistory,
  lateMs: number,
  nowMs: number,
): PlaybackHistory {
  const arrivals = addToWindow(history.arrivals, lateMs, nowMs, ARRIVALS);
  return { ...history, arrivals };
}

export function addFrames(
  history: PlaybackHistory,
  totals: FrameTotals,
  nowMs: number,
): PlaybackHistory {
  const recent = history.frames.filter(({ atMs }) => nowMs - atMs < FRAMES_WINDOW_MS);
  return { ...history, frames: [...recent, { ...totals, atMs: nowMs }] };
}

/** Playback stalled, or jumped: frames that were dropped then say nothing about the device. */
export function afterInterruption(history: PlaybackHistory, nowMs: number): PlaybackHistory {
  const recent = history.interruptedMs.filter((ms) => nowMs - ms < INTERRUPTIONS_WINDOW_MS);
  const isSame = nowMs - (recent.at(-1) ?? Number.NEGATIVE_INFINITY) < SAME_INTERRUPTION_MS;
  return {
    ...history,
    frames: [],
    interruptedMs: isSame ? recent : [...recent, nowMs],
    upFromMs: Math.max(history.upFromMs, nowMs + STABLE_MS),
  };
}

/** A page in the background drops frames, and stalls, on purpose. */
export function whileHidden(history: PlaybackHistory, nowMs: number): PlaybackHistory {
  return { ...afterInterruption(history, nowMs), interruptedMs: [] };
}

/** What was measured of the other rendition does not apply to this one. */
export function afterSwitch(
  history: PlaybackHistory,
  from: number,
  to: number,
  nowMs: number,
): PlaybackHistory {
  const downMs = isInterruptedOften(history, nowMs) ? UP_AFTER_INTERRUPTIONS_MS : UP_AFTER_DOWN_MS;
  const waitMs = to < from ? downMs : UP_EVERY_MS;
  const isTooLarge = to < from && dropsFrames(history);
  return {
    transfers: [],
    frames: [],
    arrivals: history.arrivals,
    interruptedMs: [],
    upFromMs: nowMs + waitMs,
    tooLarge: isTooLarge ? { index: from, untilMs: nowMs + TOO_LARGE_MS } : history.tooLarge,
  };
}

/**
 * @param bandwidthsBps Of each rendition, lowest first.
 * @param present Index of the rendition that is played.
 * @returns the index to play: the present one, the next higher or the next lower.
 */
export function chooseRendition(
  history: PlaybackHistory,
  bandwidthsBps: readonly number[],
  present: number,
  nowMs: number,
): number {
  if (dropsFrames(history) || isInterruptedOften(history, nowMs)) return Math.max(0, present - 1);
  const rateBps = slowestQuarterBps(history.transfers);
  if (rateBps === undefined) return present;
  const isSlow = rateBps < (bandwidthsBps[present] ?? 0) * DOWN_RATIO;
  if (isSlow && isBehind(history, nowMs)) return Math.max(0, present - 1);
  const higherBps = bandwidthsBps[present + 1];
  if (higherBps === undefined || rateBps <= higherBps * UP_RATIO) return present;
  const { tooLarge, upFromMs } = history;
  const isTooLarge =
    tooLarge !== undefined && present + 1 >= tooLarge.index && nowMs < tooLarge.untilMs;
  return nowMs > upFromMs && !isTooLarge ? present + 1 : present;
}

/** True where the device does not keep up with the rendition that it decodes. */
function dropsFrames({ frames }: PlaybackHistory): boolean {
  const [first] = frames;
  const last = frames.at(-1);
  if (first === undefined || last === undefined) return false;
  const shown = last.shown - first.shown;
  const dropped = last.dropped - first.dropped;
  return shown >= FRAMES_MIN && dropped > shown * DROPPED_RATIO_MAX;
}

/** True where parts come later and later, and where it is not known. */
function isBehind({ arrivals }: PlaybackHistory, nowMs: number): boolean {
  if (arrivals.length === 0) return true;
  return minimumOf(since(arrivals, nowMs, BEHIND_WITHIN_MS)) - minimumOf(arrivals) > BEHIND_MS;
}

/** True where playback does not hold, though parts come in fast enough: the device is too slow. */
function isInterruptedOften({ interruptedMs }: PlaybackHistory, nowMs: number): boolean {
  const recent = interruptedMs.filter((ms) => nowMs - ms < INTERRUPTIONS_WINDOW_MS);
  return recent.length > INTERRUPTIONS_MAX;
}

/** The throughput that three quarters of the transfers exceed. */
function slowestQuarterBps(transfers: readonly Transfer[]): number | undefined {
  if (transfers.length < TRANSFERS_MAX / 2) return undefined;
  const rates = transfers.map(({ bytes, ms }) => (bytes * 8000) / Math.max(ms, TRANSFER_MIN_MS));
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 4)];
}
