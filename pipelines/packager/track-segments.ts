import type { TrackFormat } from '../gdp/caps.ts';
import type { Part, RenditionWindow } from '../hls/window.ts';
import { frameUsOf } from './encoding.ts';
import type { SegmentClock, SegmentStart } from './segment-clock.ts';
import type { PlacedUnit } from './splice.ts';

/**
 * The segments of one track, opened and closed by the clock that all tracks
 * share: video opens them with its key frames, all else as they are planned.
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

  /** True once the track has had a segment. */
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

  /** The presentation's newest segment, where this track has not come to it. */
  get unopened(): SegmentStart | undefined {
    const newest = this.#clock.newest;
    return newest !== undefined && newest.msn > (this.#msn ?? -1) ? newest : undefined;
  }

  /**
   * Counts a unit in.
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

  /** Opens the next segment with a key frame: it starts with that, whatever was planned. */
  openAtKeyframe(startUs: number, format: TrackFormat): void {
    const start = this.#knownNext() ?? this.#clock.begin(startUs, false);
    const isOffPlan = Math.abs(startUs - start.startUs) > frameUsOf(format) / 2;
    if (isOffPlan) this.#clock.postpone(start.msn, startUs);
    this.#open(start, startUs);
  }

  /** Opens the next segment, which was planned for about this time. */
  openPlanned(startUs: number): void {
    this.#open(this.#knownNext() ?? this.#clock.beginPlanned(), startUs);
  }

  addPart(part: Part): void {
    this.#window.addPart(part);
  }

  /**
   * True when the open segment, filled up to `filledUs`, needs nothing more. Video:
   * as many frames as there are from key frame to key frame. Audio: its planned end.
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

  /** There will be no more. */
  end(nowMs: number): void {
    this.#window.end(nowMs);
  }

  /** Where the next segment starts, if another track has opened it already. */
  #knownNext(): SegmentStart | undefined {
    return this.#msn === undefined ? this.#clock.newest : this.#clock.startOf(this.#msn + 1);
  }

  #open({ msn, isDiscontinuity }: SegmentStart, startUs: number): void {
    this.#msn = msn;
    this.#isOpen = true;
    this.#window.open({ msn, startUs, isDiscontinuity, initId: this.initId });
  }
}
