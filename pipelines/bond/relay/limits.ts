/** Limits how often an address may attempt to register. */
import { type TokenBucket, takeFrom } from '../../../hal/os/limits/token-bucket.ts';

/**
 * A token bucket for each address. The table is bounded: the address that was silent
 * longest is dropped from a full one, and one bucket for all limits forged addresses.
 */
export interface AttemptLimit {
  /** Takes one attempt of `address`; false when it has none left. */
  take(address: string, nowMs: number): boolean;
}

export interface AttemptPolicy {
  readonly burst: number;
  readonly perS: number;
  /** The same for all addresses together. */
  readonly totalBurst: number;
  readonly totalPerS: number;
}

const MAX_ADDRESSES = 4096;

export function openAttemptLimit(policy: AttemptPolicy): AttemptLimit {
  const buckets = new Map<string, TokenBucket>();
  const ofEach = { perS: policy.perS, max: policy.burst };
  const ofAll = { perS: policy.totalPerS, max: policy.totalBurst };
  const total: TokenBucket = { left: ofAll.max, atMs: 0 };
  return {
    take: (address, nowMs) => {
      const bucket = buckets.get(address) ?? { left: ofEach.max, atMs: nowMs };
      buckets.delete(address);
      buckets.set(address, bucket);
      if (buckets.size > MAX_ADDRESSES) buckets.delete(buckets.keys().next().value ?? '');
      return takeFrom(bucket, 1, ofEach, nowMs) === 1 && takeFrom(total, 1, ofAll, nowMs) === 1;
    },
  };
}

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
