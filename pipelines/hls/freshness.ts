import type { Freshness } from '../http/cache/cache-control.ts';
import type { Limits } from './limits.ts';

/**
 * Freshness of what is live.
 *
 * A playlist that was asked for without blocking may be shown a little late
 * while a new one is on its way, but never one that was asked for by number:
 * its content is fixed. Players live through an origin that is away for as long
 * as their buffers last; so do caches.
 */
export function liveFreshness(
  limits: Limits,
  kind: 'blocking playlist' | 'playlist' | 'media',
  isOk: boolean,
): Freshness {
  const maxAgeS = cacheSeconds(limits, kind, isOk);
  // Nobody asks again for a version that is so old.
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
