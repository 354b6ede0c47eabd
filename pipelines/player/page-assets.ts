/** A file of the page, in both content codings, with what every page says of its safety. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../http/cache/digest.ts';
import { acceptsGzip, type HeaderLookup } from '../http/negotiate.ts';
import type { Reply } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import type { Branding } from './brand/branding.ts';

export interface Asset {
  readonly type: string;
  /** Its path is derived from its content. */
  readonly isImmutable?: boolean;
  readonly plain: Coded;
  readonly gzipped: Coded;
}

/** One content coding of an asset; each has a strong ETag of its own (RFC 9110 §8.8.3.3). */
interface Coded {
  readonly body: readonly Buffer[];
  readonly digest: Digest;
}

export const HTML = 'text/html; charset=utf-8';

/** No content from other hosts, no inline scripts, no plug-ins. */
const PAGE_POLICY =
  "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; style-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
export const SECURITY_HEADERS = [
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

/** @throws Error where the page has not been built. */
export function readBuilt(name: string): Buffer {
  try {
    return readFileSync(new URL(name, BUILT));
  } catch (cause) {
    throw new Error(`the player page is not built (${name}); run: npm run build`, { cause });
  }
}

export function openAsset(
  type: string,
  bytes: Buffer,
  gzipped: Buffer = gzipSync(bytes, { level: 9 }),
): Asset {
  return { type, plain: openCoded(bytes), gzipped: openCoded(gzipped) };
}

/** What pages load, by path. @throws Error where the page has not been built. */
export function openAssets(): ReadonlyMap<string, Asset> {
  const hls = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  const script = 'text/javascript; charset=utf-8';
  const built = (type: string, name: string, bytes = readBuilt(name)) =>
    openAsset(type, bytes, readBuilt(`${name}.gz`));
  return new Map<string, Asset>([
    ['/player.css', built('text/css; charset=utf-8', 'player.css')],
    ['/player.js', built(script, 'player.js')],
    ['/watch.js', built(script, 'watch.js')],
    ['/hls.js', built(script, 'hls.js', readFileSync(hls))],
    ['/favicon.svg', openAsset('image/svg+xml', readBuilt('favicon.svg'))],
    ['/icon-180.png', openAsset('image/png', readBuilt('icon-180.png'))],
    ['/icon-512.png', openAsset('image/png', readBuilt('icon-512.png'))],
  ]);
}

/** Of each content coding. */
export function etagsOf(assets: Iterable<readonly [string, Asset]>): ReadonlyMap<string, string> {
  const etags = [...assets].flatMap(([path, { plain, gzipped }]) => [
    [path, plain.digest.etag] as const,
    [`${path}#gzip`, gzipped.digest.etag] as const,
  ]);
  return new Map(etags);
}

/** The look's files, made again when it changes. */
export function openBrandAssets(branding: () => Branding): () => ReadonlyMap<string, Asset> {
  let made: { readonly of: Branding; readonly assets: ReadonlyMap<string, Asset> } | undefined;
  return () => {
    const of = branding();
    if (made?.of !== of) made = { of, assets: brandAssets(of) };
    return made.assets;
  };
}

function brandAssets({ style, logo, picture }: Branding): ReadonlyMap<string, Asset> {
  const pictures = [logo, picture].flatMap((file) => file ?? []);
  return new Map<string, Asset>([
    ['/brand.css', openAsset('text/css; charset=utf-8', Buffer.from(style))],
    ...pictures.map(({ path, type, bytes }): [string, Asset] => [
      `/${path}`,
      { ...openAsset(type, bytes), isImmutable: true },
    ]),
  ]);
}

function openCoded(bytes: Buffer): Coded {
  return { body: [bytes], digest: digestOf([bytes]) };
}

export function assetReply(
  { type, isImmutable = false, plain, gzipped }: Asset,
  header: HeaderLookup,
  vary: readonly string[],
): Reply {
  const isGzip = acceptsGzip(header('accept-encoding'));
  const answer = respond(header, {
    ...(isGzip ? gzipped : plain),
    type,
    freshness: { kind: isImmutable ? 'immutable' : 'revalidate' },
    vary,
  });
  // A 304 has no body to be coded.
  const coding = isGzip && answer.status === 200 ? ['Content-Encoding', 'gzip'] : [];
  return { ...answer, headers: [...answer.headers, ...SECURITY_HEADERS, ...coding] };
}
