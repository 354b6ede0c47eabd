/** How long caches may use what is live. */
import type { Freshness } from '../http/cache/cache-control.ts';
import type { Limits } from './limits.ts';

/**
 * A playlist that was requested without blocking may be served stale while a cache
 * fetches a new one; the content of one requested by sequence number is fixed. While
 * the origin fails, caches may serve stale content for as long as players' buffers last.
 */
export function liveFreshness(
  limits: Limits,
  kind: 'blocking playlist' | 'playlist' | 'media',
  isOk: boolean,
): Freshness {
  const maxAgeS = cacheSeconds(limits, kind, isOk);
  // Players do not request such an old version again.
  if (!isOk || kind === 'blocking playlist') return { kind: 'window', maxAgeS };
  const td = limits.targetDurationS;
  const staleIfErrorS = 6 * td;
  return kind === 'playlist'
    ? { kind: 'window', maxAgeS, staleWhileRevalidateS: td, staleIfErrorS }
    : { kind: 'window', maxAgeS, staleIfErrorS };
}

/**
 * How long a cache may keep an answer, in whole seconds
 * (RFC 8216bis appendix B, "Recommended server configuration for low-latency").
 */
export function cacheSeconds(
  limits: Limits,
  kind: 'blocking playlist' | 'playlist' | 'media',
  isOk: boolean,
): number {
  const td = limits.targetDurationS;
  if (kind === 'blocking playlist') return isOk ? 6 * td : 4 * td;
  if (kind === 'media') return isOk ? 6 * td : td;
  return isOk ? Math.floor(td / 2) : td;
}
