/** Where a segment starts, in media time, the same in every rendition. */
export interface SegmentStart {
  readonly msn: number;
  readonly startUs: number;
  readonly isDiscontinuity: boolean;
}

/** Starts that are remembered; renditions are never further apart than this. */
const REMEMBERED = 64;

/**
 * The one answer to "when does segment N start", shared by all renditions so
 * that their sequence numbers, dates and discontinuities agree
 * (RFC 8216bis §6.2.4).
 *
 * Video decides: its key frames open segments. Audio and outages follow the
 * plan, one segment length after the last start.
 */
export class SegmentClock {
  readonly #segmentUs: number;
  readonly #longestUs: number;
  readonly #firstMsn: number;
  #starts: SegmentStart[] = [];
  #plannedEndUs = 0;

  /**
   * @param segmentUs Time between key frames.
   * @param targetDurationS No segment may round to more (RFC 8216bis §4.4.3.1).
   * @param firstMsn Media sequence number of the first segment.
   */
  constructor(segmentUs: number, targetDurationS: number, firstMsn: number) {
    this.#segmentUs = segmentUs;
    this.#longestUs = (targetDurationS + 0.499) * 1e6;
    this.#firstMsn = firstMsn;
  }

  get newest(): SegmentStart | undefined {
    return this.#starts.at(-1);
  }

  startOf(msn: number): SegmentStart | undefined {
    return this.#starts.find((start) => start.msn === msn);
  }

  /** When segment `msn` ends: its successor's start, or the plan. */
  endOf(msn: number): number {
    return this.startOf(msn + 1)?.startUs ?? this.#plannedEndUs;
  }

  /** Opens the next segment at `startUs`. */
  begin(startUs: number, isDiscontinuity: boolean): SegmentStart {
    const start = { msn: (this.newest?.msn ?? this.#firstMsn - 1) + 1, startUs, isDiscontinuity };
    this.#starts.push(start);
    if (this.#starts.length > REMEMBERED) this.#starts.shift();
    this.#plannedEndUs = startUs + this.#segmentUs;
    return start;
  }

  /** True when a key frame at `timeUs` must open a segment: one more interval would be too long. */
  mustCut(msn: number, timeUs: number): boolean {
    const start = this.startOf(msn);
    return start === undefined || timeUs + this.#segmentUs - start.startUs > this.#longestUs;
  }

  /** A key frame within the newest segment: the next one comes an interval after it. */
  postpone(msn: number, keyframeUs: number): void {
    if (msn === this.newest?.msn) this.#plannedEndUs = keyframeUs + this.#segmentUs;
  }
}
