import type { HttpRequest } from '../http/handlers.ts';
import { chooseProfile, type HeaderLookup, PROFILE_HINTS } from '../http/negotiate.ts';

const PROFILE_NAMES: ReadonlySet<string> = new Set(PROFILE_HINTS.map((name) => name.toLowerCase()));

/** A player waits for what is not there yet (RFC 8216bis §6.2.5.2). */
export function isBlocking({ query }: HttpRequest): boolean {
  return query.has('_HLS_msn');
}

/** A player waits for it, or will in a moment: the next playlist, or a part that was hinted at. */
export function isAwaited(request: HttpRequest): boolean {
  return isBlocking(request) || request.path.endsWith('.m4s');
}

/** Of a request whose query was read: see `readQuery`. */
export function urlOf({ path, query }: HttpRequest): string {
  return query.size === 0 ? path : `${path}?${query}`;
}

/**
 * Which variant of an address a request is for. Origins that vary by what tells
 * devices apart do so to choose a profile: there are three of those, and
 * thousands of user agents.
 */
export function keyWith(url: string, vary: readonly string[], header: HeaderLookup): string {
  const isByProfile = vary.some((name) => PROFILE_NAMES.has(name));
  const others = vary.filter((name) => !PROFILE_NAMES.has(name));
  const values = others.map((name) => `${name}: ${(header(name) ?? '').slice(0, 512)}`);
  return [url, ...(isByProfile ? [chooseProfile(header)] : []), ...values].join('\n');
}

/** What the upstream chooses by, and nothing that says who asks. */
export function headersFor(
  header: HeaderLookup,
  vary: readonly string[],
  etag: string | undefined,
): Readonly<Record<string, string>> {
  const passed = new Set(['accept', ...PROFILE_NAMES, ...vary]);
  const values = [...passed].flatMap((name) => {
    const value = header(name);
    return value === undefined ? [] : [[name, value.slice(0, 512)] as const];
  });
  return {
    ...Object.fromEntries(values),
    'accept-encoding': 'gzip',
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
}
