/** The bytes that may be sent again. */
/** Part of the offered bytes that may be sent again: the wire carries at most 1.3 times as much. */
const PART = 0.22;

/** Limit of the savings: what was offered in this time. A link that fails needs it at once. */
const SAVED_MS = 500;
const MIN_SAVED_BYTES = 128_000;

/**
 * Every new packet earns a fifth of its size; a retransmission spends its own. So loss
 * cannot cause a storm of retransmissions.
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
