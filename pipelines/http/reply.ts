/** HTTP replies as values. */
import { type Freshness, renderCacheControl } from './cache/cache-control.ts';
import { renderCacheStatus } from './cache/cache-status.ts';
import type { StartStream } from './streams/stream.ts';

export interface Reply {
  readonly status: number;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  /** Chunks, written in order. */
  readonly body: readonly Buffer[];
  /** RFC 9218, over HTTP/2; undefined for the default. */
  readonly urgency?: number;
  /** Sent from disk in place of a body; `to` is included. */
  readonly file?: { readonly path: string; readonly from: number; readonly to: number };
  /** In place of a body: it goes on while the client reads. */
  readonly stream?: StartStream;
}

/** Pages elsewhere may read it. */
const READABLE = ['Access-Control-Allow-Origin', '*'] as const;

/** What a reply says: pages elsewhere may read it, and no browser guesses its type. */
export const SHARED_HEADERS = [...READABLE, 'X-Content-Type-Options', 'nosniff'] as const;

/** `Cache-Status` (RFC 9211), rendered once. */
const FROM_MEMORY = ['Cache-Status', renderCacheStatus({ type: 'hit' })] as const;
const GENERATED = ['Cache-Status', renderCacheStatus({ type: 'forward', why: 'miss' })] as const;
const OTHER_METHOD = [
  'Cache-Status',
  renderCacheStatus({ type: 'forward', why: 'method' }),
] as const;

/** RFC 9218 urgency of playlists, which come before media. */
export const URGENCY_PLAYLIST = 1;

export interface ReplyHeaders {
  readonly type: string;
  readonly cacheS: number;
  /** In place of `cacheS`, where a number of seconds is not enough. */
  readonly freshness?: Freshness;
  readonly urgency?: number;
  /** `memory`, the default; `generated` for this request; or `method` for one that is not GET. */
  readonly source?: 'memory' | 'generated' | 'method';
  readonly extra?: readonly string[];
  /**
   * A playlist or media: browsers guess no other type for these (https://mimesniff.spec.whatwg.org,
   * §7), and each viewer gets ten of them a second.
   */
  readonly isMedia?: boolean;
}

const CACHE_STATUS = { memory: FROM_MEMORY, generated: GENERATED, method: OTHER_METHOD } as const;

export function reply(status: number, body: readonly Buffer[], options: ReplyHeaders): Reply {
  const bytes = body.reduce((sum, chunk) => sum + chunk.length, 0);
  const { cacheS } = options;
  const window: Freshness =
    cacheS > 0 ? { kind: 'window', maxAgeS: cacheS } : { kind: 'revalidate' };
  const cache = renderCacheControl(options.freshness ?? window);
  return {
    status,
    body,
    ...(options.urgency === undefined ? {} : { urgency: options.urgency }),
    headers: [
      'Content-Type',
      options.type,
      'Content-Length',
      String(bytes),
      'Cache-Control',
      cache,
      ...CACHE_STATUS[options.source ?? 'memory'],
      ...(options.isMedia ? READABLE : SHARED_HEADERS),
      ...(options.extra ?? []),
    ],
  };
}

/** The client has the same bytes: without what describes a body (RFC 9110 §15.4.5). */
export function notModified({ headers, ...answer }: Reply): Reply {
  const kept = headers.filter((_, i) => !OF_A_BODY.includes(headers[i - (i % 2)] ?? ''));
  return { ...answer, status: 304, headers: kept, body: [] };
}

const OF_A_BODY = ['Content-Type', 'Content-Length'];

/**
 * What is missing now may be published in a moment, so no cache may store a 404: one
 * that answers it again makes a player lose that media.
 */
const NOT_FOUND = { freshness: { kind: 'no-store' } } as const;

/** A refusal, with one line of text for people. */
export function refuse(status: number, line: string, cacheS = 0, extra: readonly string[] = []) {
  const body = [Buffer.from(`${line}\n`)];
  const source = status === 405 ? 'method' : 'generated';
  return reply(status, body, {
    type: 'text/plain; charset=utf-8',
    cacheS,
    source,
    extra,
    ...(status === 404 ? NOT_FOUND : {}),
  });
}

/** Answers a CORS preflight. */
export const PREFLIGHT: Reply = {
  status: 204,
  headers: [
    ...OTHER_METHOD,
    ...SHARED_HEADERS,
    'Access-Control-Allow-Methods',
    'GET, HEAD, POST, OPTIONS',
    'Access-Control-Allow-Headers',
    'Content-Type, Range, Accept-Encoding',
    'Access-Control-Max-Age',
    '86400',
    'Content-Length',
    '0',
  ],
  body: [],
};
