import type { HeaderLookup } from '../hls/negotiate.ts';
import type { Reply } from '../hls/reply.ts';
import type { Catalogue } from './catalogue.ts';
import { type Digest, digestOf, isNotModified, wantsSha256 } from './digest.ts';
import { type Freshness, renderCacheControl } from './policy.ts';
import { type CacheOutcome, renderCacheStatus } from './status.ts';

export interface Representation {
  readonly type: string;
  readonly body: readonly Buffer[];
  readonly digest: Digest;
  readonly freshness: Freshness;
  /** Request headers that it was chosen by. */
  readonly vary?: readonly string[];
  /** Held in memory by this box, unless told otherwise. */
  readonly outcome?: CacheOutcome;
}

/** Answers a GET with all that lets caches and clients keep it: 200, or 304 where they have it. */
export function respond(header: HeaderLookup, what: Representation): Reply {
  const { etag, reprDigest } = what.digest;
  const shared = [
    'ETag',
    etag,
    'Cache-Control',
    renderCacheControl(what.freshness),
    'Cache-Status',
    renderCacheStatus(what.outcome ?? { type: 'hit' }),
    'Access-Control-Allow-Origin',
    '*',
    ...(what.vary === undefined ? [] : ['Vary', what.vary.join(', ')]),
  ];
  if (isNotModified(header('if-none-match'), etag))
    return { status: 304, headers: shared, body: [] };
  const bytes = what.body.reduce((sum, chunk) => sum + chunk.length, 0);
  const digest = wantsSha256(header('want-repr-digest')) ? ['Repr-Digest', reprDigest] : [];
  const own = ['Content-Type', what.type, 'Content-Length', String(bytes), ...digest];
  return { status: 200, headers: [...own, ...shared], body: what.body };
}

/** The one small endpoint that tells which copies are still good. */
export function respondCatalogue(header: HeaderLookup, catalogue: Catalogue): Reply {
  const { body } = catalogue.render();
  return respond(header, {
    type: 'application/json',
    body: [body],
    digest: digestOf([body]),
    freshness: { kind: 'revalidate' },
  });
}
