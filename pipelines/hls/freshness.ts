/** How long caches may use what is live. */
import type { Freshness } from '../http/cache/cache-control.ts';
import type { Limits } from './limits.ts';

/**
 * How long a cache may keep an answer, in whole seconds
 * (RFC 8216bis appendix B, "Recommended server configuration for low-latency").
 *
 * A playlist that was requested without blocking may be served stale while a cache
 * fetches a new one; the content of one requested by sequence number is fixed. While
 * the origin fails, caches may serve stale content for as long as players' buffers last.
 */
export function liveFreshness(
  { targetDurationS: td }: Pick<Limits, 'targetDurationS'>,
  kind: 'blocking playlist' | 'playlist' | 'media',
): Freshness {
  const staleIfErrorS = 6 * td;
  switch (kind) {
    // Players do not request such an old version again.
    case 'blocking playlist':
      return { kind: 'window', maxAgeS: 6 * td };
    case 'media':
      return { kind: 'window', maxAgeS: 6 * td, staleIfErrorS };
    case 'playlist':
      return {
        kind: 'window',
        maxAgeS: Math.floor(td / 2),
        staleWhileRevalidateS: td,
        staleIfErrorS,
      };
  }
}

/** A reload that was refused stays refused for about so long, in whole seconds (appendix B). */
export function refusedReloadCacheSeconds({ targetDurationS }: Limits): number {
  return 4 * targetDurationS;
}
