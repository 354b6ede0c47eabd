/** Renders `Cache-Control`. */

/** How long a cache may use a reply (RFC 9111), and when it may use a stale one (RFC 5861). */
export type Freshness =
  /** The name is derived from the content, which never changes. */
  | { readonly kind: 'immutable' }
  | {
      readonly kind: 'window';
      readonly maxAgeS: number;
      /** For this long after that, a cache may send it while it fetches a new one. */
      readonly staleWhileRevalidateS?: number;
      /** For this long after that, a cache may send it where the origin fails. */
      readonly staleIfErrorS?: number;
    }
  /** Revalidated on each use; the reply is 304 where it is unchanged. */
  | { readonly kind: 'revalidate' }
  /** No cache may store it. */
  | { readonly kind: 'no-store' };

const YEAR_S = 31_536_000;

export function renderCacheControl(freshness: Freshness): string {
  switch (freshness.kind) {
    case 'immutable':
      return `public, max-age=${YEAR_S}, immutable`;
    case 'revalidate':
      return 'no-cache';
    case 'no-store':
      return 'no-store';
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
