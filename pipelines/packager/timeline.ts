import type { TrackKind } from './track.ts';

/**
 * Puts the running times of a capture run onto the presentation's timeline.
 *
 * Media time is µs since the presentation's epoch. It comes from the time
 * stamps, never from arrival: arrival only says where a run starts, and when a
 * source has left its own clock.
 */

/** How a source stamps its frames: by the pipeline's clock, or by counting them (a file, a pipe). */
export type Stamping = 'clock' | 'count';

/** A track group falls behind by more than this and gets a new origin. */
const FORGIVEN_LAG_US: Readonly<Record<Stamping, number>> = { clock: 250_000, count: 100_000 };

/** Lag is judged by the quickest unit of this long: one late burst says nothing. */
const LAG_WINDOW_US = 3_000_000;

/**
 * The timeline of one group of tracks that share a source: all video, or the
 * audio.
 */
export class GroupTimeline {
  readonly #stamping: Stamping;
  #originUs: number;
  #usualLagUs: number | undefined;
  #windowStartUs: number | undefined;
  #leastLagUs = Number.POSITIVE_INFINITY;
  #settledLagUs: number | undefined;

  constructor(stamping: Stamping, originUs: number) {
    this.#stamping = stamping;
    this.#originUs = originUs;
  }

  get stamping(): Stamping {
    return this.#stamping;
  }

  get originUs(): number {
    return this.#originUs;
  }

  /** Media time of a running time, in us. */
  place(runningUs: number): number {
    return this.#originUs + runningUs;
  }

  /** Notes when a unit arrived, in media time. */
  observe(runningUs: number, arrivedUs: number): void {
    const lagUs = arrivedUs - this.place(runningUs);
    this.#windowStartUs ??= arrivedUs;
    this.#leastLagUs = Math.min(this.#leastLagUs, lagUs);
    if (arrivedUs - this.#windowStartUs < LAG_WINDOW_US) return;
    this.#settledLagUs = this.#leastLagUs;
    this.#usualLagUs ??= this.#settledLagUs;
    this.#leastLagUs = Number.POSITIVE_INFINITY;
    this.#windowStartUs = arrivedUs;
  }

  /** True when the source has fallen behind its own clock for good. */
  hasDrifted(): boolean {
    if (this.#settledLagUs === undefined || this.#usualLagUs === undefined) return false;
    return this.#settledLagUs - this.#usualLagUs > FORGIVEN_LAG_US[this.#stamping];
  }

  /** Starts over, later by so much. */
  shift(byUs: number): void {
    this.#originUs += byUs;
    this.#usualLagUs = undefined;
    this.#settledLagUs = undefined;
    this.#windowStartUs = undefined;
    this.#leastLagUs = Number.POSITIVE_INFINITY;
  }
}

/** What is known of a group when a run starts. */
export interface FirstUnit {
  readonly group: TrackKind;
  readonly stamping: Stamping;
  readonly runningUs: number;
  /** Media time at which it arrived, in us. */
  readonly arrivedUs: number;
}

/**
 * Where running time 0 lies for each group of a new run.
 *
 * Groups stamped by the clock share one origin, so that picture and sound stay
 * together: that of the group that came through quickest. A counting source is
 * set on the clock by its first arrival. Nothing starts before `notBeforeUs`,
 * where the last run ended.
 */
export function chooseOrigins(
  firsts: readonly FirstUnit[],
  notBeforeUs: number,
): ReadonlyMap<string, number> {
  const own = (first: FirstUnit) => first.arrivedUs - first.runningUs;
  const clocked = firsts.filter(({ stamping }) => stamping === 'clock').map(own);
  const shared = Math.min(...clocked);
  const chosen = firsts.map((first) => ({
    first,
    originUs: first.stamping === 'clock' ? shared : own(first),
  }));
  const earliest = Math.min(...chosen.map(({ first, originUs }) => originUs + first.runningUs));
  const shiftUs = Math.max(0, notBeforeUs - earliest);
  return new Map(chosen.map(({ first, originUs }) => [first.group, originUs + shiftUs]));
}
