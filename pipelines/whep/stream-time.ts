/** The clock of the stream, in ticks of RTP. Pure. */

/** Where media time is 0. */
export interface StreamStart {
  /** Unix time then, in ms. */
  readonly epochMs: number;
  /** CLOCK_MONOTONIC then, in us. */
  readonly monotonicUs: number;
}

export const VIDEO_TICKS_PER_MS = 90;
export const SOUND_TICKS_PER_MS = 48;

const TICKS = 2 ** 32;

/**
 * Time stamps count from 1970, by the clock that the guests' page receives: a player knows
 * from a picture's time stamp how old it is. Picture and sound count the same time, so that
 * any sender report synchronises them.
 *
 * @param mediaUs Media time.
 */
export function timestampOf({ epochMs }: StreamStart, mediaUs: number, ticksPerMs: number): number {
  // The epoch in ticks is exact below 2^53; us in ticks would not be.
  return (epochMs * ticksPerMs + Math.round((mediaUs * ticksPerMs) / 1000)) % TICKS;
}

/** Media time now, in us. @param nowUs CLOCK_MONOTONIC. */
export function mediaNowUs({ monotonicUs }: StreamStart, nowUs: number): number {
  return nowUs - monotonicUs;
}
