import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { acceptsGzip } from '../hls/negotiate.ts';
import type { OriginRequest } from '../hls/origin.ts';
import { type Reply, refuse, reply } from '../hls/reply.ts';
import type { Drop } from '../media/messages.ts';

/** The guests' page and what it loads: all from this box, held in memory. */
export interface Pages {
  /** Undefined for a path that is not the page's. */
  answer(request: OriginRequest): Reply | undefined;
}

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** Nothing from elsewhere, no inline script, no framing by others' plug-ins. */
const PAGE_POLICY =
  "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; style-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'";

const BUILT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/pipelines/player/' : './',
  import.meta.url,
);

/** @throws when the player was not built: `npm run build` does it. */
export function openPages(drop: Drop): Pages {
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
      if (path === '/drop.json') return dropReply(drop);
      const asset = assets.get(path === '/index.html' ? '/' : path);
      if (asset !== undefined)
        return assetReply(asset, header('if-none-match'), acceptsGzip(header('accept-encoding')));
      return path.startsWith('/live/')
        ? undefined
        : refuse(404, 'nothing is here; the player is at /');
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
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 11)}"`;
  return { type, bytes, gzipped: gzipSync(bytes, { level: 9 }), etag };
}

function assetReply(asset: Asset, ifNoneMatch: string | undefined, isGzip: boolean): Reply {
  const extra = [
    'ETag',
    asset.etag,
    'Vary',
    'Accept-Encoding',
    'Content-Security-Policy',
    PAGE_POLICY,
    'X-Content-Type-Options',
    'nosniff',
    'Referrer-Policy',
    'no-referrer',
  ];
  if (ifNoneMatch?.includes(asset.etag))
    return reply(304, [], { type: asset.type, cacheS: 0, extra });
  return reply(200, [isGzip ? asset.gzipped : asset.bytes], {
    type: asset.type,
    cacheS: 0,
    extra: isGzip ? [...extra, 'Content-Encoding', 'gzip'] : extra,
  });
}

/** The server's own time goes with it, so that a phone with a wrong clock counts down rightly. */
function dropReply(drop: Drop): Reply {
  const body = JSON.stringify({ ...drop, now: new Date().toISOString() });
  const options = { type: 'application/json', cacheS: 0, source: 'made' } as const;
  return reply(200, [Buffer.from(body)], options);
}
