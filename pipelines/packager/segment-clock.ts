/** When each segment starts, for all renditions together. */

/** Where a segment starts, in media time, the same in every rendition. */
export interface SegmentStart {
  readonly msn: number;
  readonly startUs: number;
  readonly isDiscontinuity: boolean;
}

/** Renditions are never further apart than this many segments. */
const STARTS_MAX = 1_024;

/**
 * Shared by all renditions, so that their sequence numbers, dates and discontinuities
 * agree (RFC 8216bis §6.2.4).
 *
 * Key frames of video open segments. Audio and gaps follow the plan, one segment length
 * after the last start, and not their own frames: those would drift from the key frames.
 */
export class SegmentClock {
  readonly #segmentUs: number;
  readonly #maxUs: number;
  readonly #firstMsn: number;
  #starts: SegmentStart[] = [];
  #plannedEndUs = 0;
  #breakUs: number | undefined;

  /**
   * @param segmentUs Time between key frames.
   * @param targetDurationS No segment may round to more (RFC 8216bis §4.4.3.1).
   * @param firstMsn Media sequence number of the first segment.
   */
  constructor(segmentUs: number, targetDurationS: number, firstMsn: number) {
    this.#segmentUs = segmentUs;
    this.#maxUs = (targetDurationS + 0.499) * 1e6;
    this.#firstMsn = firstMsn;
  }

  /** Time between key frames, in us. */
  get segmentUs(): number {
    return this.#segmentUs;
  }

  get newest(): SegmentStart | undefined {
    return this.#starts.at(-1);
  }

  startOf(msn: number): SegmentStart | undefined {
    return this.#starts.find((start) => start.msn === msn);
  }

  /** When segment `msn` ends: the start of the next one, or the plan. */
  endOf(msn: number): number {
    return this.startOf(msn + 1)?.startUs ?? this.#plannedEndUs;
  }

  /** Opens the next segment at `startUs`. */
  begin(startUs: number, isDiscontinuity: boolean): SegmentStart {
    const isBreak = this.#breakUs !== undefined && startUs > this.#breakUs - this.#segmentUs / 4;
    if (isBreak) this.#breakUs = undefined;
    const start = {
      msn: (this.newest?.msn ?? this.#firstMsn - 1) + 1,
      startUs,
      isDiscontinuity: isDiscontinuity || isBreak,
    };
    this.#starts.push(start);
    if (this.#starts.length > STARTS_MAX) this.#starts.shift();
    this.#plannedEndUs = startUs + this.#segmentUs;
    return start;
  }

  /**
   * Opens the first segment of a run. Where the last planned segment ends before it, one
   * that was planned lies between, or the run's first key frame is in it.
   */
  beginRun(startUs: number, isDiscontinuity: boolean): void {
    const toleranceUs = this.#segmentUs / 1000;
    while (this.newest !== undefined && startUs - this.#plannedEndUs > toleranceUs) {
      const { msn } = this.beginPlanned();
      if (!isDiscontinuity && !this.mustCut(msn, startUs)) return;
    }
    this.begin(startUs, isDiscontinuity);
  }

  /** The segment that begins at `atUs` is a discontinuity, in every rendition. */
  breakAt(atUs: number): void {
    this.#breakUs = atUs;
  }

  /** True where some segment begins, or is planned to, within `toleranceUs` of `atUs`. */
  hasStartNear(atUs: number, toleranceUs: number): boolean {
    const isNear = (startUs: number) => Math.abs(startUs - atUs) <= toleranceUs;
    return isNear(this.#plannedEndUs) || this.#starts.some(({ startUs }) => isNear(startUs));
  }

  /** Opens the next segment where it was planned. */
  beginPlanned(): SegmentStart {
    return this.begin(this.#plannedEndUs, false);
  }

  /** True when a key frame at `timeUs` must open a segment: one more interval would be too long. */
  mustCut(msn: number, timeUs: number): boolean {
    const start = this.startOf(msn);
    return start === undefined || timeUs + this.#segmentUs - start.startUs > this.#maxUs;
  }

  /** A key frame off the plan: the next one comes an interval after it. */
  postpone(msn: number, keyframeUs: number): void {
    const newest = this.newest;
    if (newest === undefined || msn !== newest.msn) return;
    this.#plannedEndUs = Math.min(keyframeUs + this.#segmentUs, newest.startUs + this.#maxUs);
  }
}
