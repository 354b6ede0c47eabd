/** Media time: one clock for all parts of the media process. */

import { monotonicUs } from '../../hal/os/clock.ts';

/** Where media time is 0: the same for every media process of one stream. */
export interface StreamStart {
  /** Unix time then, in ms. All dates follow from it: steps of the system's clock do not move them. */
  readonly epochMs: number;
  /** CLOCK_MONOTONIC then, in us; negative where the machine was started later. */
  readonly monotonicUs: number;
}

/** However long its playlist is, the end of a drop is served no longer: settings take effect in the end. */
export const SERVED_MAX_MS = 15 * 60_000;

/**
 * Counts from the start of the stream, so that players which compute with small numbers
 * only, or with the time since they joined, play it. Until that start is known no media
 * arrives, and time counts from the start of the process.
 */
export class MediaClock {
  #start: StreamStart = { epochMs: Date.now(), monotonicUs: monotonicUs() };
  #hasBegun = false;

  begin(start: StreamStart): void {
    this.#start = start;
    this.#hasBegun = true;
  }

  /** Unix time of media time 0, in ms. */
  get epochMs(): number {
    return this.#start.epochMs;
  }

  /**
   * Unix time now, in ms, as the dates in playlists have it, also of a stream that is over: guests
   * who went back in it still watch. Before the first one as the machine has it.
   */
  readonly wallMs = (): number =>
    this.#hasBegun ? this.#start.epochMs + this.nowUs() / 1000 : Date.now();

  /** Media time now, in us. */
  readonly nowUs = (): number => monotonicUs() - this.#start.monotonicUs;
}
