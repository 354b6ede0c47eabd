/**
 * Maps running times of a capture run to media time: µs since the presentation's epoch.
 *
 * Media time comes from the time stamps. Arrival times only determine where a run
 * starts, and detect a source that drifts from its own clock.
 */
import type { TrackKind } from './track.ts';

/** How a source time-stamps its frames: by the pipeline's clock, or by counting them (a file, a pipe). */
export type Stamping = 'clock' | 'count';

/** A track group that lags by more than this is realigned. */
const LAG_MAX_US: Readonly<Record<Stamping, number>> = { clock: 250_000, count: 100_000 };

/** The smallest lag within this time counts, so that one late burst does not. */
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
  #minLagUs = Number.POSITIVE_INFINITY;
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

  /** @param arrivedUs Media time at which the unit arrived. */
  observe(runningUs: number, arrivedUs: number): void {
    const lagUs = arrivedUs - this.place(runningUs);
    this.#windowStartUs ??= arrivedUs;
    this.#minLagUs = Math.min(this.#minLagUs, lagUs);
    if (arrivedUs - this.#windowStartUs < LAG_WINDOW_US) return;
    this.#settledLagUs = this.#minLagUs;
    this.#usualLagUs ??= this.#settledLagUs;
    this.#minLagUs = Number.POSITIVE_INFINITY;
    this.#windowStartUs = arrivedUs;
  }

  /** True where the source lags permanently behind its own clock. */
  hasDrifted(): boolean {
    if (this.#settledLagUs === undefined || this.#usualLagUs === undefined) return false;
    return this.#settledLagUs - this.#usualLagUs > LAG_MAX_US[this.#stamping];
  }

  /** Moves the origin; lag is measured again from here. */
  shift(byUs: number): void {
    this.#originUs += byUs;
    this.#usualLagUs = undefined;
    this.#settledLagUs = undefined;
    this.#windowStartUs = undefined;
    this.#minLagUs = Number.POSITIVE_INFINITY;
  }
}

/** A group's first unit in a run. */
export interface FirstUnit {
  readonly group: TrackKind;
  readonly stamping: Stamping;
  readonly runningUs: number;
  /** Media time at which it arrived, in us. */
  readonly arrivedUs: number;
}

/**
 * The media time of running time 0 for each group of a new run.
 *
 * Groups stamped by the clock share one origin, so that picture and sound stay
 * together: that of the group with the smallest lag. A counting source gets its origin
 * by its first arrival. No group starts before `notBeforeUs`, where the last run ended.
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
