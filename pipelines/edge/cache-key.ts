/** Cache keys, and the request headers that go upstream. */
import type { HttpRequest } from '../http/handlers.ts';
import { chooseProfile, type HeaderLookup, PROFILE_HINTS } from '../http/negotiate.ts';

const PROFILE_NAMES: ReadonlySet<string> = new Set(PROFILE_HINTS.map((name) => name.toLowerCase()));

/** A blocking playlist reload (RFC 8216bis §6.2.5.2). */
export function isBlocking({ query }: HttpRequest): boolean {
  return query.has('_HLS_msn');
}

/** A player waits for it, or will very soon: a blocking reload, or media that may be hinted. */
export function isAwaited(request: HttpRequest): boolean {
  return isBlocking(request) || request.path.endsWith('.m4s');
}

/** A part that is not there yet may be hinted within the next moment, and is held then. */
export function isPart({ path }: HttpRequest): boolean {
  return /\/\d+\.\d+\.m4s$/.test(path);
}

/** @param request Its query has passed `readQuery`. */
export function urlOf({ path, query }: HttpRequest): string {
  return query.size === 0 ? path : `${path}?${query}`;
}

/**
 * The cache key of a request, by the `Vary` of its address. An origin that varies by
 * device headers chooses a profile by them, so the key has the profile: there are three
 * of those, and thousands of user agents.
 */
export function keyWith(url: string, vary: readonly string[], header: HeaderLookup): string {
  const isByProfile = vary.some((name) => PROFILE_NAMES.has(name));
  const others = vary.filter((name) => !PROFILE_NAMES.has(name));
  const values = others.map((name) => `${name}: ${(header(name) ?? '').slice(0, 512)}`);
  return [url, ...(isByProfile ? [chooseProfile(header)] : []), ...values].join('\n');
}

/** The headers that the upstream varies by, and none that identify the client. */
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
