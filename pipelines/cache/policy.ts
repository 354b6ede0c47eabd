import type { Limits } from '../hls/limits.ts';

/** For how long a cache may use an answer (RFC 9111), and when it may use an old one (RFC 5861). */
export type Freshness =
  /** Named for its content: it never changes. */
  | { readonly kind: 'immutable' }
  | {
      readonly kind: 'window';
      readonly maxAgeS: number;
      /** So long after, the old one is sent while a new one is fetched. */
      readonly staleWhileRevalidateS?: number;
      /** So long after, the old one is sent where the origin fails. */
      readonly staleIfErrorS?: number;
    }
  /** Asked for again each time; answered with 304 where it is the same. */
  | { readonly kind: 'revalidate' }
  /** For one viewer only, and kept nowhere. */
  | { readonly kind: 'private' };

const YEAR_S = 31_536_000;

export function renderCacheControl(freshness: Freshness): string {
  switch (freshness.kind) {
    case 'immutable':
      return `public, max-age=${YEAR_S}, immutable`;
    case 'revalidate':
      return 'no-cache';
    case 'private':
      return 'private, no-store';
    case 'window':
      return [
        `max-age=${freshness.maxAgeS}`,
        ...directive('stale-while-revalidate', freshness.staleWhileRevalidateS),
        ...directive('stale-if-error', freshness.staleIfErrorS),
      ].join(', ');
  }
}

function directive(name: string, seconds: number | undefined): readonly string[] {
  return seconds === undefined || seconds <= 0 ? [] : [`${name}=${seconds}`];
}

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

/** Posters under names that stay: as old as the schedule that makes them, and a day in need. */
export function posterFreshness(everyS: number): Freshness {
  return {
    kind: 'window',
    maxAgeS: everyS,
    staleWhileRevalidateS: 4 * everyS,
    staleIfErrorS: 86_400,
  };
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
