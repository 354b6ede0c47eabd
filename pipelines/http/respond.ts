/** Replies with validators: 200, or 304 where the client's copy is current. */
import { type Freshness, renderCacheControl } from './cache/cache-control.ts';
import { type CacheOutcome, renderCacheStatus } from './cache/cache-status.ts';
import type { Catalogue } from './cache/catalogue.ts';
import { type Digest, digestOf, isNotModified, wantsSha256 } from './cache/digest.ts';
import type { HeaderLookup } from './negotiate.ts';
import { type Reply, SHARED_HEADERS } from './reply.ts';

export interface FileBody {
  readonly path: string;
  readonly bytes: number;
}

export interface Representation {
  readonly type: string;
  /** From memory, or a file. */
  readonly body: readonly Buffer[] | FileBody;
  readonly digest: Digest;
  readonly freshness: Freshness;
  /** Request headers that it was chosen by. */
  readonly vary?: readonly string[];
  /** A hit, unless given. */
  readonly outcome?: CacheOutcome;
}

export function respond(header: HeaderLookup, what: Representation): Reply {
  const { etag, reprDigest } = what.digest;
  const shared = [
    'ETag',
    etag,
    'Cache-Control',
    renderCacheControl(what.freshness),
    'Cache-Status',
    renderCacheStatus(what.outcome ?? { type: 'hit' }),
    ...SHARED_HEADERS,
    ...(what.vary === undefined ? [] : ['Vary', what.vary.join(', ')]),
  ];
  if (isNotModified(header('if-none-match'), etag))
    return { status: 304, headers: shared, body: [] };
  const { body } = what;
  const bytes = isFile(body) ? body.bytes : body.reduce((sum, chunk) => sum + chunk.length, 0);
  const digest = wantsSha256(header('want-repr-digest')) ? ['Repr-Digest', reprDigest] : [];
  const own = ['Content-Type', what.type, 'Content-Length', String(bytes), ...digest];
  const answer = { status: 200, headers: [...own, ...shared] };
  if (!isFile(body)) return { ...answer, body };
  return { ...answer, body: [], file: { path: body.path, from: 0, to: bytes - 1 } };
}

const isFile = (body: Representation['body']): body is FileBody => 'path' in body;

export function respondCatalogue(header: HeaderLookup, catalogue: Catalogue): Reply {
  const { body } = catalogue.render();
  return respond(header, {
    type: 'application/json',
    body: [body],
    digest: digestOf([body]),
    freshness: { kind: 'revalidate' },
  });
}
