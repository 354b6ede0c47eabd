/** When to force key frames in all encoders. */

/** Encoders that did not follow a request get another one after this many segments. */
const EVERY_SEGMENTS = 4;

/**
 * An encoder that resumes needs its key frames at the same frames as the others. They
 * are forced early in a segment: it gets longer by that time, before the audio reaches
 * its end.
 */
export class KeyframeRequests {
  /** The first segment in which a request may be made. */
  #fromMsn = 0;

  /**
   * True once at the start of a segment while an encoder is resuming.
   *
   * @param newestMsn Of the newest segment; undefined before the first one.
   */
  isDue(newestMsn: number | undefined, isResuming: boolean): boolean {
    if (newestMsn === undefined || !isResuming) {
      this.#fromMsn = (newestMsn ?? 0) + 1;
      return false;
    }
    if (newestMsn < this.#fromMsn) return false;
    this.#fromMsn = newestMsn + EVERY_SEGMENTS;
    return true;
  }
}
