import { type Freshness, renderCacheControl } from './cache/cache-control.ts';
import { renderCacheStatus } from './cache/cache-status.ts';

/** An HTTP answer; `body` is written as it is, in order. */
export interface Reply {
  readonly status: number;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: readonly Buffer[];
  /** RFC 9218; undefined for what may wait. HTTP/1.1 has no use for it. */
  readonly urgency?: number;
  /** Sent from disk in place of a body; its last byte is included. */
  readonly file?: { readonly path: string; readonly from: number; readonly to: number };
}

const CORS = ['Access-Control-Allow-Origin', '*'] as const;

/** `Cache-Status` (RFC 9211) of what this box answers by itself, rendered once. */
const FROM_MEMORY = ['Cache-Status', renderCacheStatus({ type: 'hit' })] as const;
const MADE_FOR_IT = ['Cache-Status', renderCacheStatus({ type: 'forward', why: 'miss' })] as const;
const NO_GET = ['Cache-Status', renderCacheStatus({ type: 'forward', why: 'method' })] as const;

/** RFC 9218 urgency: playlists before media, a lower rendition before a higher one. */
export const URGENCY_PLAYLIST = 1;

export interface ReplyHeaders {
  readonly type: string;
  readonly cacheS: number;
  /** In its place, where more is to be said than a number of seconds. */
  readonly freshness?: Freshness;
  readonly urgency?: number;
  /** Held in memory unless told otherwise: `made` for this request, or no GET at all. */
  readonly source?: 'held' | 'made' | 'method';
  readonly extra?: readonly string[];
}

const CACHE_STATUS = { held: FROM_MEMORY, made: MADE_FOR_IT, method: NO_GET } as const;

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
      ...CACHE_STATUS[options.source ?? 'held'],
      ...CORS,
      ...(options.extra ?? []),
    ],
  };
}

/** A refusal that a person can read: one line of text. */
export function refuse(status: number, line: string, cacheS = 0, extra: readonly string[] = []) {
  const body = [Buffer.from(`${line}\n`)];
  const source = status === 405 ? 'method' : 'made';
  return reply(status, body, { type: 'text/plain; charset=utf-8', cacheS, source, extra });
}

/** Answers a CORS preflight. */
export const PREFLIGHT: Reply = {
  status: 204,
  headers: [
    ...NO_GET,
    ...CORS,
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
