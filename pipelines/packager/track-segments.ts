/** Opens and closes the segments of one track. */
import type { TrackFormat } from '../gdp/caps.ts';
import type { Part, RenditionWindow } from '../hls/window.ts';
import { frameUsOf } from './encoding.ts';
import type { SegmentClock, SegmentStart } from './segment-clock.ts';
import type { PlacedUnit } from './splice.ts';

/**
 * Follows the clock that all tracks share: video opens segments with its key frames,
 * audio and gaps as planned.
 */
export class TrackSegments {
  readonly #window: RenditionWindow;
  readonly #clock: SegmentClock;
  /** The init section of what is opened next. */
  initId: string | undefined;
  #msn: number | undefined;
  #isOpen = false;
  #unitsSinceKeyframe = 0;

  constructor(window: RenditionWindow, clock: SegmentClock) {
    this.#window = window;
    this.#clock = clock;
  }

  /** True from the track's first segment on. */
  get hasBegun(): boolean {
    return this.#msn !== undefined;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Media time at which the track's newest segment ends, in us. */
  get endUs(): number {
    return this.#clock.endOf(this.#msn ?? 0);
  }

  /** The presentation's newest segment, where this track has not opened it yet. */
  get unopened(): SegmentStart | undefined {
    const newest = this.#clock.newest;
    return newest !== undefined && newest.msn > (this.#msn ?? -1) ? newest : undefined;
  }

  /**
   * Adds a unit.
   *
   * @returns false where the open segment, if any, ends before it.
   */
  take({ timeUs, isKeyframe }: PlacedUnit, format: TrackFormat): boolean {
    this.#unitsSinceKeyframe = isKeyframe ? 1 : this.#unitsSinceKeyframe + 1;
    if (!this.#isOpen || this.#msn === undefined) return false;
    const early = timeUs + frameUsOf(format) / 2;
    if (format.kind === 'audio') return early < this.endUs;
    if (!isKeyframe) return true;
    const next = this.#clock.startOf(this.#msn + 1);
    const isDue =
      next === undefined ? this.#clock.mustCut(this.#msn, timeUs) : early >= next.startUs;
    if (!isDue) this.#clock.postpone(this.#msn, timeUs);
    return !isDue;
  }

  /** Opens the next segment at a key frame, whatever was planned. */
  openAtKeyframe(startUs: number, format: TrackFormat): void {
    const start = this.#knownNext() ?? this.#clock.begin(startUs, false);
    const isOffPlan = Math.abs(startUs - start.startUs) > frameUsOf(format) / 2;
    if (isOffPlan) this.#clock.postpone(start.msn, startUs);
    this.#open(start, startUs);
  }

  /** Opens the next segment as it was planned, for about this time. */
  openPlanned(startUs: number): void {
    this.#open(this.#knownNext() ?? this.#clock.beginPlanned(), startUs);
  }

  addPart(part: Part): void {
    this.#window.addPart(part);
  }

  /**
   * True when the open segment is complete up to `filledUs`. Video: it has the frames of
   * one GOP. Audio: it has reached its planned end.
   */
  isComplete(filledUs: number, format: TrackFormat): boolean {
    if (!this.#isOpen) return false;
    const frameUs = frameUsOf(format);
    if (format.kind === 'audio') return filledUs + frameUs / 2 >= this.endUs;
    return this.#unitsSinceKeyframe >= Math.round(this.#clock.segmentUs / frameUs);
  }

  close(nowMs: number): void {
    this.#window.close(nowMs);
    this.#isOpen = false;
  }

  /** No segment follows. */
  end(nowMs: number): void {
    this.#window.end(nowMs);
  }

  /** The next segment, where another track has opened it already. */
  #knownNext(): SegmentStart | undefined {
    return this.#msn === undefined ? this.#clock.newest : this.#clock.startOf(this.#msn + 1);
  }

  #open({ msn, isDiscontinuity }: SegmentStart, startUs: number): void {
    this.#msn = msn;
    this.#isOpen = true;
    this.#window.open({ msn, startUs, isDiscontinuity, initId: this.initId });
  }
}
