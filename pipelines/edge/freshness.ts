/** How long an upstream's answer may be used, from its headers (RFC 9111, RFC 5861). */

export interface Lifetime {
  readonly isStorable: boolean;
  readonly freshMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
}

const NEVER: Lifetime = {
  isStorable: false,
  freshMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
};
/** Longer times of an upstream are limited to this. */
const LIFETIME_MAX_S = 86_400;

/** Reads `Cache-Control` and `Age`; `s-maxage` comes before `max-age`, as in any shared cache. */
export function lifetimeOf(cacheControl: string | undefined, age: string | undefined): Lifetime {
  const directives = parseDirectives(cacheControl ?? '');
  if (directives.has('no-store') || directives.has('private')) return NEVER;
  const seconds = (name: string) => secondsOf(directives.get(name));
  const maxAgeS = seconds('s-maxage') ?? seconds('max-age');
  const isRevalidated = directives.has('no-cache');
  if (maxAgeS === undefined && !isRevalidated) return NEVER;
  const ageS = secondsOf(age?.trim()) ?? 0;
  return {
    isStorable: true,
    freshMs: isRevalidated ? 0 : Math.max(0, (maxAgeS ?? 0) - ageS) * 1000,
    staleWhileRevalidateMs: (seconds('stale-while-revalidate') ?? 0) * 1000,
    staleIfErrorMs: (seconds('stale-if-error') ?? 0) * 1000,
  };
}

function parseDirectives(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const item of text.slice(0, 1_000).split(',')) {
    const [name = '', value = ''] = item.split('=', 2);
    found.set(name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, ''));
  }
  return found;
}

function secondsOf(digits: string | undefined): number | undefined {
  return digits !== undefined && /^\d{1,10}$/.test(digits)
    ? Math.min(Number(digits), LIFETIME_MAX_S)
    : undefined;
}
