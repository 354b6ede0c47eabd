/** Limits what a relay sends to addresses that may be forged. */

/**
 * A path may be sent twice what came by it, beside the echoes of its keepalives: three
 * times in all, as RFC 9000 §8.1 has it. SRTLA has no proof that a source address is not
 * forged, and SRT's ACKs go out by every link of a group.
 */
const REPLY_FACTOR = 2;
/** Saved up for a pause of the sender, while the SRT listener asks for what is missing. */
const MAX_SAVED_BYTES = 256_000;

export class ReplyCredit {
  #bytes = 0;

  earn(bytes: number): void {
    this.#bytes = Math.min(MAX_SAVED_BYTES, this.#bytes + REPLY_FACTOR * bytes);
  }

  take(bytes: number): boolean {
    if (this.#bytes < bytes) return false;
    this.#bytes -= bytes;
    return true;
  }
}
