/** Cache entries: made from an upstream's answer, rendered as a reply. */
import { gunzipSync } from 'node:zlib';
import { type CacheOutcome, renderCacheStatus } from '../http/cache/cache-status.ts';
import { acceptsGzip, type HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse, SHARED_HEADERS } from '../http/reply.ts';
import { lifetimeOf } from './freshness.ts';
import type { Entry } from './store.ts';
import type { UpstreamAnswer } from './upstream.ts';

const GUNZIP_MAX_BYTES = 8_000_000;
/** Larger bodies are unpacked for each request; a playlist has a tenth of it. */
const CACHED_UNPACKED_MAX_BYTES = 200_000;
const CACHE_STATUS_MAX_CHARS = 500;
/**
 * What a browser would run, in the name of this box, or show as its page. No file of a stream is that:
 * it is served as text. Playlists and subtitles of DASH are XML, and run nowhere.
 */
const RUNS = /html|script|(?<!\/(?:dash|ttml))[/+](?:xml|xsl|svg)|multipart/i;
const VARY_MAX_NAMES = 16;
/** Differs from the name of an upstream that is a box too. */
const CACHE_NAME = 'venuebox-edge';

export function entryOf({ status, headers, body }: UpstreamAnswer, atMs: number): Entry {
  const cacheControl = headers['cache-control'] ?? 'no-store';
  return {
    status,
    type: typeOf(headers['content-type']),
    body,
    isGzip: headers['content-encoding'] === 'gzip',
    etag: headers.etag,
    cacheStatus:
      [headers['cache-status']].flat().join(', ').slice(0, CACHE_STATUS_MAX_CHARS) || undefined,
    cacheControl,
    vary: varyOf(headers.vary),
    lifetime: lifetimeOf(cacheControl, headers.age),
    atMs,
  };
}

/** What varies by more has no key that a second guest would find. */
function varyOf(given = ''): readonly string[] {
  const names = new Set(given.split(',').map((name) => name.trim().toLowerCase()));
  // Every request upstream accepts gzip; answers are unpacked for clients that do not.
  for (const name of ['', 'accept-encoding']) names.delete(name);
  return names.size > VARY_MAX_NAMES ? ['*'] : [...names];
}

function typeOf(given = 'application/octet-stream'): string {
  return RUNS.test(given) ? 'text/plain; charset=utf-8' : given;
}

/** The upstream has answered 304: the entry is fresh again. */
export function revalidated(known: Entry, { headers }: UpstreamAnswer, atMs: number): Entry {
  const cacheControl = headers['cache-control'] ?? known.cacheControl;
  return { ...known, cacheControl, lifetime: lifetimeOf(cacheControl, headers.age), atMs };
}

export function renderEntry(
  entry: Entry,
  header: HeaderLookup,
  outcome: CacheOutcome,
  nowMs: number,
): Reply {
  const isGzip = entry.isGzip && acceptsGzip(header('accept-encoding'));
  const body = isGzip ? entry.body : plainBodyOf(entry);
  if (body === undefined) return refuse(502, 'the origin sent invalid gzip');
  const vary = [...entry.vary, ...(entry.isGzip ? ['accept-encoding'] : [])];
  const ageS = Math.max(0, Math.floor((nowMs - entry.atMs) / 1000));
  return {
    status: entry.status,
    headers: [
      'Content-Type',
      entry.type,
      'Content-Length',
      String(body.length),
      'Cache-Control',
      entry.cacheControl,
      'Age',
      String(ageS),
      'Cache-Status',
      cacheStatusOf(entry, outcome),
      ...SHARED_HEADERS,
      ...(entry.etag === undefined ? [] : ['ETag', entry.etag]),
      ...(vary.length === 0 ? [] : ['Vary', vary.join(', ')]),
      ...(isGzip ? ['Content-Encoding', 'gzip'] : []),
    ],
    body: [body],
  };
}

/** Each cache adds itself, the one nearest to the viewer last (RFC 9211 §2). */
function cacheStatusOf({ cacheStatus }: Entry, outcome: CacheOutcome): string {
  const own = renderCacheStatus(outcome, CACHE_NAME);
  return cacheStatus === undefined ? own : `${cacheStatus}, ${own}`;
}

/** Stale content while the upstream fails; `Cache-Status` says so. */
export function renderStale(entry: Entry, header: HeaderLookup, nowMs: number): Reply {
  const ttlS = (entry.lifetime.freshMs - (nowMs - entry.atMs)) / 1000;
  return renderEntry(
    entry,
    header,
    { type: 'hit', ttlS, detail: 'the origin cannot be reached' },
    nowMs,
  );
}

const unpacked = new WeakMap<Entry, Buffer>();

/** The unpacked body; undefined where it is invalid gzip, or larger than GUNZIP_MAX_BYTES. */
export function plainBodyOf(entry: Entry): Buffer | undefined {
  if (!entry.isGzip) return entry.body;
  const known = unpacked.get(entry);
  if (known !== undefined) return known;
  try {
    const body = gunzipSync(entry.body, { maxOutputLength: GUNZIP_MAX_BYTES });
    if (body.length <= CACHED_UNPACKED_MAX_BYTES) unpacked.set(entry, body);
    return body;
  } catch {
    return undefined;
  }
}
