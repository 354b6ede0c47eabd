/** Encoders that are asked in vain are asked again after so many segments. */
const EVERY_SEGMENTS = 4;

/**
 * When key frames are to be forced in all encoders, so that one that comes back
 * falls in step with the others: early in a segment, which then grows by that
 * little before the sound has come to its end.
 */
export class KeyframeRequests {
  /** Segment from which on they may be asked for. */
  #fromMsn = 0;

  /**
   * True once at the start of a segment, while an encoder is waited for.
   *
   * @param newestMsn The segment that began last, if any did.
   */
  isDue(newestMsn: number | undefined, isAwaited: boolean): boolean {
    if (newestMsn === undefined || !isAwaited) {
      this.#fromMsn = (newestMsn ?? 0) + 1;
      return false;
    }
    if (newestMsn < this.#fromMsn) return false;
    this.#fromMsn = newestMsn + EVERY_SEGMENTS;
    return true;
  }
}
