/** Reduces a request's query to what can change the upstream's answer. */
import { parseDirectives, type Refusal } from '../hls/directives.ts';
import type { HttpRequest } from '../http/handlers.ts';
import type { chooseProfile } from '../http/negotiate.ts';
import { MAIN_PLAYLIST } from './state.ts';

/** Every box has exactly these (`ladderOf`); other names cause no request upstream. */
const PROFILES: Readonly<Record<ReturnType<typeof chooseProfile>, true>> = {
  phone: true,
  laptop: true,
  'low-data': true,
};

/**
 * Keeps the delivery directives of a playlist (RFC 8216bis §6.2.5) and the profile of the
 * main playlist, in one spelling, so that other spellings cause no further fetches.
 * Malformed ones are refused here, as the origin would.
 */
export function readQuery(request: HttpRequest): HttpRequest | Refusal {
  const { path, query } = request;
  const read = new URLSearchParams();
  if (query.size === 0 || !path.endsWith('.m3u8')) return { ...request, query: read };
  const directives = parseDirectives(query);
  if ('refusal' in directives) return directives;
  const { msn, part, skip } = directives;
  const profile = path === MAIN_PLAYLIST ? query.get('profile') : null;
  if (profile !== null && !Object.hasOwn(PROFILES, profile)) return NO_PROFILE;
  // For the main playlist too: an origin with one rendition may have no other.
  if (msn !== undefined) read.set('_HLS_msn', String(msn));
  if (part !== undefined) read.set('_HLS_part', String(part));
  if (skip !== undefined) read.set('_HLS_skip', skip);
  if (profile !== null) read.set('profile', profile);
  return { ...request, query: read };
}

const NO_PROFILE: Refusal = {
  refusal: `no profile of that name; there are: ${Object.keys(PROFILES).join(', ')}`,
};
