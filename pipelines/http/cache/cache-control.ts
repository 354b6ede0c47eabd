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
