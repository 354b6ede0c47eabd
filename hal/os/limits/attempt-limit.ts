/** Limits how often an address may try something, and how often all together may. */
import { type TokenBucket, takeFrom } from './token-bucket.ts';

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
