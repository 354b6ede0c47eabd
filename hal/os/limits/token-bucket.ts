/** A token bucket: how much of something a client may have grows with time, up to a limit. */

export interface TokenBucket {
  left: number;
  atMs: number;
}

export interface BucketLimits {
  readonly perS: number;
  readonly max: number;
}

/** How much it holds now. */
export function leftOf(
  { left, atMs }: TokenBucket,
  { perS, max }: BucketLimits,
  nowMs: number,
): number {
  return Math.min(max, left + (perS * Math.max(0, nowMs - atMs)) / 1000);
}

/** @returns how much of `wanted` is granted. */
export function takeFrom(
  bucket: TokenBucket,
  wanted: number,
  limits: BucketLimits,
  nowMs: number,
): number {
  const possible = leftOf(bucket, limits, nowMs);
  const taken = Math.min(wanted, Math.floor(possible));
  bucket.left = possible - taken;
  bucket.atMs = nowMs;
  return taken;
}
