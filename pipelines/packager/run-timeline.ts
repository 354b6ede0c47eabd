/** A capture run's position on the presentation's timeline. */
import {
  type BufferedUnit,
  canPlaceRun,
  findStart,
  findStarts,
  hasWaitedLong,
  originByArrivals,
} from './run-start.ts';

/** Where a run starts, in media time, and what of it has arrived before that was known. */
export interface PlacedRun {
  readonly startUs: number;
  readonly buffered: readonly BufferedUnit[];
}

/** What is published already, which a run continues. */
export interface PublishedEnd {
  /** Media time of the latest end of all tracks. */
  readonly endUs: number;
  /** Frames of the run fall on this grid from `endUs` on. */
  readonly frameUs: number;
}

/** How long a run waits for its clock. The message overtakes the first frames, or comes soon after. */
const CLOCK_WAIT_US = 100_000;

/**
 * Media time comes from the time stamps, which count on one clock for picture and sound.
 * Until the run's position is known units are buffered.
 *
 * Pure except for its state.
 */
export class RunTimeline {
  /** Media time at which capture (re)started, in us. */
  readonly begunUs: number;
  /** Media time at running time 0 by the machine's clock, in us; undefined while not known. */
  clockUs: number | undefined;
  #originUs: number | undefined;
  #buffered: BufferedUnit[] = [];

  constructor(begunUs: number) {
    this.begunUs = begunUs;
  }

  /** True from {@link RunTimeline.placeFirst} or {@link RunTimeline.placeNext} on. */
  get isPlaced(): boolean {
    return this.#originUs !== undefined;
  }

  /** How far media time is behind the machine's clock: the delay of the quickest track. */
  get delayUs(): number | undefined {
    const { clockUs } = this;
    return this.#originUs === undefined || clockUs === undefined
      ? undefined
      : this.#originUs - clockUs;
  }

  /** Buffers a unit until the run has its position. */
  buffer(unit: BufferedUnit): void {
    this.#buffered.push(unit);
  }

  /** Gives the presentation's first run its position, by its arrivals; undefined while it waits. */
  placeFirst(trackIds: readonly string[], nowUs: number): PlacedRun | undefined {
    if (this.#buffered.length === 0 || !canPlaceRun(this.#buffered, trackIds, nowUs)) {
      return undefined;
    }
    const originUs = originByArrivals(this.#buffered);
    return this.#placeAt(originUs, findStart(this.#buffered, Number.NEGATIVE_INFINITY));
  }

  /**
   * Gives a later run its position as soon as it can continue what is published: at the
   * first key frame of all video encoders from there on.
   *
   * @param videoIds The encoders of video that are waited for.
   * @param delayUs That of an earlier run, whose encoders were as quick; undefined where
   *   it is not known: then arrivals decide.
   */
  placeNext(
    videoIds: readonly string[],
    { endUs, frameUs }: PublishedEnd,
    delayUs: number | undefined,
    nowUs: number,
  ): PlacedRun | undefined {
    const first = this.#buffered[0];
    if (first === undefined) return undefined;
    const isClockDue = delayUs !== undefined && this.clockUs === undefined;
    if (isClockDue && nowUs - first.unit.arrivedUs < CLOCK_WAIT_US) return undefined;
    const originUs =
      delayUs === undefined || this.clockUs === undefined
        ? originByArrivals(this.#buffered)
        : this.clockUs + delayUs;
    const notBeforeUs = endUs - frameUs / 2 - originUs;
    const starts = findStarts(this.#buffered, 'video', notBeforeUs);
    const hasAll = videoIds.every((id) => starts.has(id));
    if (!hasAll && !(hasWaitedLong(this.#buffered, nowUs) && starts.size > 0)) return undefined;
    const startUs = findStart(this.#buffered, notBeforeUs);
    if (!Number.isFinite(startUs)) return undefined;
    const frames = Math.round((originUs + startUs - endUs) / frameUs);
    return this.#placeAt(endUs + frames * frameUs - startUs, startUs);
  }

  #placeAt(originUs: number, startRunningUs: number): PlacedRun {
    const buffered = this.#buffered;
    this.#buffered = [];
    this.#originUs = originUs;
    return { startUs: originUs + startRunningUs, buffered };
  }

  /** Media time of a running time, in us; undefined before the run has its position. */
  timeOf(runningUs: number): number | undefined {
    return this.#originUs === undefined ? undefined : this.#originUs + runningUs;
  }
}
