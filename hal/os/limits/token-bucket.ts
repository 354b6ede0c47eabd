/** A token bucket: how much of something a client may have grows with time, up to a limit. */

export interface TokenBucket {
  left: number;
  atMs: number;
}

/** @returns how much of `wanted` is granted. */
export function takeFrom(
  bucket: TokenBucket,
  wanted: number,
  limits: { readonly perS: number; readonly max: number },
  nowMs: number,
): number {
  const grown = bucket.left + (limits.perS * Math.max(0, nowMs - bucket.atMs)) / 1000;
  const possible = Math.min(limits.max, grown);
  const taken = Math.min(wanted, Math.floor(possible));
  bucket.left = possible - taken;
  bucket.atMs = nowMs;
  return taken;
}
