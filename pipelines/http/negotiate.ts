/** Content negotiation (RFC 9110 §12) for what the origin offers. */

/** True where gzip may be sent: `gzip;q=0` forbids it, `*` means all codings that are not named. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  let wildcard = false;
  for (const item of acceptEncoding.slice(0, 1000).split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((text) => text.trim().toLowerCase());
    const isAllowed = qualityOf(parameters) > 0;
    if (coding === 'gzip' || coding === 'x-gzip') return isAllowed;
    if (coding === '*') wildcard = isAllowed;
  }
  return wildcard;
}

function qualityOf(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => /^q\s*=/.test(parameter));
  if (q === undefined) return 1;
  const value = Number(q.slice(q.indexOf('=') + 1));
  return Number.isNaN(value) ? 0 : value;
}

export type HeaderLookup = (name: string) => string | undefined;

/** Request headers that {@link chooseProfile} reads, for `Vary` and `Accept-CH`. */
export const PROFILE_HINTS = ['Save-Data', 'ECT', 'Sec-CH-UA-Mobile', 'User-Agent'] as const;

/**
 * The device profile of a request that names none, from client hints
 * (`Save-Data`, Network Information's `ECT`, User-Agent Client Hints), and from
 * the user agent of browsers that send no hints.
 *
 * @returns a profile's name; the caller checks whether it is configured.
 */
export function chooseProfile(header: HeaderLookup): 'phone' | 'laptop' | 'low-data' {
  if (header('save-data')?.toLowerCase() === 'on') return 'low-data';
  if (/^(slow-2g|2g|3g)$/.test(header('ect') ?? '')) return 'low-data';
  const mobile = header('sec-ch-ua-mobile');
  if (mobile !== undefined) return mobile === '?1' ? 'phone' : 'laptop';
  return /\b(iPhone|iPod|Android|Mobile)\b/.test(header('user-agent') ?? '') ? 'phone' : 'laptop';
}
