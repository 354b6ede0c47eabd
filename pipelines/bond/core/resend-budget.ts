/** Part of the offered bytes that may be sent again, so that wire bytes stay under 1.3 times. */
const PART = 0.22;

/** Saved up at most: what was offered in this time. A link that dies needs it at once. */
const SAVED_MS = 500;
const MIN_SAVED_BYTES = 128_000;

/**
 * Bytes that may go out a second time. Every new packet earns a fifth of its size;
 * sending again spends. It is what keeps loss from turning into a storm.
 */
export class ResendBudget {
  #savedBytes = MIN_SAVED_BYTES;
  #maxBytes = MIN_SAVED_BYTES;

  /** Sets how much may be saved up, by the rate of new packets. */
  allow(offeredBps: number): void {
    this.#maxBytes = Math.max(MIN_SAVED_BYTES, (offeredBps / 8000) * SAVED_MS);
  }

  earn(bytes: number): void {
    this.#savedBytes = Math.min(this.#maxBytes, this.#savedBytes + bytes * PART);
  }

  take(bytes: number): boolean {
    if (this.#savedBytes < bytes) return false;
    this.#savedBytes -= bytes;
    return true;
  }
}
