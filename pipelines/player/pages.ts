/** Serves the guests' page and what it loads, from memory. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../http/cache/digest.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { acceptsGzip, type HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { respond } from '../http/respond.ts';

/** What the page shows before the first frame. */
export interface Drop {
  readonly title: string;
  /** RFC 3339; empty when it has started already. */
  readonly startsAt: string;
}

export interface Pages {
  /** Undefined for a path that is not the page's. */
  answer(request: HttpRequest): Reply | undefined;
}

interface Asset {
  readonly type: string;
  readonly plain: Coded;
  readonly gzipped: Coded;
}

/** One content coding of an asset; each has a strong ETag of its own (RFC 9110 §8.8.3.3). */
interface Coded {
  readonly body: readonly Buffer[];
  readonly digest: Digest;
}

/** No content from other hosts, no inline scripts, no plug-ins. */
const PAGE_POLICY =
  "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; style-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SECURITY_HEADERS = [
  'Content-Security-Policy',
  PAGE_POLICY,
  'X-Frame-Options',
  'DENY',
  'Referrer-Policy',
  'no-referrer',
] as const;

const BUILT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/pipelines/player/' : './',
  import.meta.url,
);

/**
 * @param isOver True while the last drop has ended and no other is on.
 * @throws Error where the page has not been built: `npm run build` does that.
 */
export function openPages(drop: Drop, isOver: () => boolean = () => false): Pages {
  const hls = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  const assets = new Map<string, Asset>([
    ['/', openAsset('text/html; charset=utf-8', readBuilt('index.html'))],
    ['/player.css', openAsset('text/css; charset=utf-8', readBuilt('player.css'))],
    ['/player.js', openAsset('text/javascript; charset=utf-8', readBuilt('player.js'))],
    ['/hls.js', openAsset('text/javascript; charset=utf-8', readFileSync(hls))],
    ['/favicon.svg', openAsset('image/svg+xml', readBuilt('favicon.svg'))],
  ]);
  return {
    answer: ({ path, header }) => {
      if (path === '/drop.json') return dropReply(drop, isOver());
      const asset = assets.get(path === '/index.html' ? '/' : path);
      if (asset !== undefined) return assetReply(asset, header);
      return path.startsWith('/live/') ? undefined : refuse(404, 'not found; the player is at /');
    },
  };
}

function readBuilt(name: string): Buffer {
  try {
    return readFileSync(new URL(name, BUILT));
  } catch (cause) {
    throw new Error(`the player page is not built (${name}); run: npm run build`, { cause });
  }
}

function openAsset(type: string, bytes: Buffer): Asset {
  return { type, plain: openCoded(bytes), gzipped: openCoded(gzipSync(bytes, { level: 9 })) };
}

function openCoded(bytes: Buffer): Coded {
  return { body: [bytes], digest: digestOf([bytes]) };
}

function assetReply({ type, plain, gzipped }: Asset, header: HeaderLookup): Reply {
  const isGzip = acceptsGzip(header('accept-encoding'));
  const answer = respond(header, {
    ...(isGzip ? gzipped : plain),
    type,
    freshness: { kind: 'revalidate' },
    vary: ['Accept-Encoding'],
  });
  // A 304 has no body to be coded.
  const coding = isGzip && answer.status === 200 ? ['Content-Encoding', 'gzip'] : [];
  return { ...answer, headers: [...answer.headers, ...SECURITY_HEADERS, ...coding] };
}

/** It includes the box's time, so that a phone with a wrong clock counts down correctly. */
function dropReply(drop: Drop, isOver: boolean): Reply {
  const body = JSON.stringify({ ...drop, isOver, now: new Date().toISOString() });
  const options = { type: 'application/json', cacheS: 0, source: 'generated' } as const;
  return reply(200, [Buffer.from(body)], options);
}
