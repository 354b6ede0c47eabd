import { parseDirectives, type Refusal } from '../hls/directives.ts';
import type { HttpRequest } from '../http/handlers.ts';
import type { chooseProfile } from '../http/negotiate.ts';
import { MAIN_PLAYLIST } from './state.ts';

/** Every box has these and no other (`ladderOf`), so a guest's own names cost the upstream nothing. */
const PROFILES: Readonly<Record<ReturnType<typeof chooseProfile>, true>> = {
  phone: true,
  laptop: true,
  'low-data': true,
};

/**
 * A request with what can make the upstream's answer another, in one spelling, and
 * nothing else: delivery directives of a playlist (RFC 8216bis §6.2.5), and which
 * profile's main playlist is wanted. What is malformed is refused here, as the
 * origin would: nobody makes it fetch by thinking of spellings.
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
  // Not for tracks only: where an origin has one rendition its main playlist may be that.
  if (msn !== undefined) read.set('_HLS_msn', String(msn));
  if (part !== undefined) read.set('_HLS_part', String(part));
  if (skip !== undefined) read.set('_HLS_skip', skip);
  if (profile !== null) read.set('profile', profile);
  return { ...request, query: read };
}

const NO_PROFILE: Refusal = {
  refusal: `no profile of that name; there are: ${Object.keys(PROFILES).join(', ')}`,
};
