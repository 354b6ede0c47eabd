/** Limits how often an address may try something, and how often all together may. */
import { leftOf, type TokenBucket, takeFrom } from './token-bucket.ts';

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
  /**
   * Of the total, kept for addresses that have not tried for a while: a few that never stop keep
   * nobody out. Only where addresses cannot be forged. By default nothing is.
   */
  readonly keptForNewcomers?: number;
}

/** An address that has not tried for so long is a newcomer again. */
const NEWCOMER_AFTER_MS = 20_000;

const MAX_ADDRESSES = 4096;

export function openAttemptLimit(policy: AttemptPolicy): AttemptLimit {
  const buckets = new Map<string, TokenBucket>();
  const { keptForNewcomers = 0 } = policy;
  const ofEach = { perS: policy.perS, max: policy.burst };
  const ofAll = { perS: policy.totalPerS, max: policy.totalBurst };
  const total: TokenBucket = { left: ofAll.max, atMs: 0 };
  return {
    take: (address, nowMs) => {
      const known = buckets.get(address);
      const bucket = known ?? { left: ofEach.max, atMs: nowMs };
      const isNewcomer = known === undefined || nowMs - known.atMs >= NEWCOMER_AFTER_MS;
      buckets.delete(address);
      buckets.set(address, bucket);
      if (buckets.size > MAX_ADDRESSES) buckets.delete(buckets.keys().next().value ?? '');
      if (takeFrom(bucket, 1, ofEach, nowMs) === 0) return false;
      const kept = isNewcomer ? 0 : keptForNewcomers;
      return leftOf(total, ofAll, nowMs) >= kept + 1 && takeFrom(total, 1, ofAll, nowMs) === 1;
    },
  };
}
