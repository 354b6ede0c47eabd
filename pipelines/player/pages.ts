/** Serves the guests' page and what it loads, from memory. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../http/cache/digest.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { acceptsGzip, type HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import { renderCalendar } from './calendar.ts';
import {
  type DropProgress,
  type DropReport,
  type DropSettings,
  NO_PROGRESS,
} from './drop-report.ts';
import { renderPage } from './page-html.ts';
import { chooseLanguage, DICTIONARIES, isLanguage } from './text/languages.ts';

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

const HTML = 'text/html; charset=utf-8';
/** Pages that were made: one for each language and address, and picture. */
const RENDERED_MAX = 64;

/**
 * @param progress What changes of the drop.
 * @param nowMs Unix time, by the clock that the stream goes by.
 * @throws Error where the page has not been built: `npm run build` does that.
 */
export function openPages(
  drop: DropSettings,
  progress: () => DropProgress = () => NO_PROGRESS,
  nowMs: () => number = Date.now,
): Pages {
  const hls = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  const assets = new Map<string, Asset>([
    ['/player.css', openAsset('text/css; charset=utf-8', readBuilt('player.css'))],
    ['/player.js', openAsset('text/javascript; charset=utf-8', readBuilt('player.js'))],
    ['/hls.js', openAsset('text/javascript; charset=utf-8', readFileSync(hls))],
    ['/favicon.svg', openAsset('image/svg+xml', readBuilt('favicon.svg'))],
    ['/icon-180.png', openAsset('image/png', readBuilt('icon-180.png'))],
    ['/icon-512.png', openAsset('image/png', readBuilt('icon-512.png'))],
    ['/manifest.webmanifest', openAsset('application/manifest+json', renderManifest(drop))],
  ]);
  const templates = { '/': readBuilt('index.html').toString() } as const;
  const rendered = new Map<string, Asset>();
  const pageReply = (request: HttpRequest): Reply => {
    const { header, query, ownAddress } = request;
    const wanted = query.get('lang') ?? '';
    const lang = isLanguage(wanted) ? wanted : chooseLanguage(header('accept-language') ?? '');
    const own = ownAddress?.();
    const poster = progress().posters.at(-1)?.path;
    const key = JSON.stringify([lang, own, poster]);
    const page = {
      ...{ lang, text: DICTIONARIES[lang], title: drop.title, startsAt: drop.startsAt, poster },
      url: own === undefined ? undefined : `${own}/`,
    };
    const asset =
      rendered.get(key) ?? openAsset(HTML, Buffer.from(renderPage(templates['/'], page)));
    if (rendered.size >= RENDERED_MAX) rendered.clear();
    rendered.set(key, asset);
    return assetReply(asset, header, ['Accept-Encoding', 'Accept-Language']);
  };
  return {
    answer: (request) => {
      const { path, header } = request;
      if (path === '/drop.json') return dropReply(drop, progress(), nowMs());
      if (path === '/drop.ics') return calendarReply(drop, request);
      if (path === '/' || path === '/index.html') return pageReply(request);
      const asset = assets.get(path);
      if (asset !== undefined) return assetReply(asset, header, ['Accept-Encoding']);
      return path.startsWith('/live/') ? undefined : notFoundReply(request);
    },
  };
}

function renderManifest({ title }: DropSettings): Buffer {
  const icon = (px: number) => ({
    src: `icon-${px}.png`,
    sizes: `${px}x${px}`,
    type: 'image/png',
  });
  const colors = { background_color: '#101014', theme_color: '#101014' };
  const icons = [icon(180), icon(512)];
  const manifest = { name: title, short_name: title, start_url: './', display: 'standalone' };
  return Buffer.from(JSON.stringify({ ...manifest, ...colors, icons }));
}

function calendarReply(
  { title, startsAt }: DropSettings,
  { header, ownAddress }: HttpRequest,
): Reply {
  const startsMs = Date.parse(startsAt);
  if (Number.isNaN(startsMs)) return refuse(404, 'the start of the drop is not known');
  const entry = { title, startsMs, url: `${ownAddress?.() ?? ''}/` };
  const body = [Buffer.from(renderCalendar(entry, startsMs))];
  const freshness = { kind: 'revalidate' } as const;
  return respond(header, { type: 'text/calendar', body, digest: digestOf(body), freshness });
}

/** A page for guests, and a line for programs. */
function notFoundReply({ header, ownAddress }: HttpRequest): Reply {
  const refusal = refuse(404, 'not found; the player is at /');
  if (!(header('accept') ?? '').includes('text/html')) return refusal;
  const lang = chooseLanguage(header('accept-language') ?? '');
  const own = ownAddress?.() ?? '';
  const { notFound, toLivePage } = DICTIONARIES[lang];
  const html = `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${notFound}</title>
<link rel="stylesheet" href="${own}/player.css">
<body class="clip">
<h1>${notFound}</h1>
<p><a class="action" href="${own}/">${toLivePage}</a></p>
</html>
`;
  const options = { type: HTML, cacheS: 0, source: 'generated' } as const;
  const page = reply(404, [Buffer.from(html)], options);
  return { ...page, headers: [...page.headers, ...SECURITY_HEADERS, 'Vary', 'Accept-Language'] };
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

function assetReply(
  { type, plain, gzipped }: Asset,
  header: HeaderLookup,
  vary: readonly string[],
): Reply {
  const isGzip = acceptsGzip(header('accept-encoding'));
  const answer = respond(header, {
    ...(isGzip ? gzipped : plain),
    type,
    freshness: { kind: 'revalidate' },
    vary,
  });
  // A 304 has no body to be coded.
  const coding = isGzip && answer.status === 200 ? ['Content-Encoding', 'gzip'] : [];
  return { ...answer, headers: [...answer.headers, ...SECURITY_HEADERS, ...coding] };
}

/**
 * It includes the box's time, so that a phone with a wrong clock counts down correctly, and
 * knows how far behind the stage its picture is.
 */
function dropReply(drop: DropSettings, progress: DropProgress, nowMs: number): Reply {
  const report: DropReport = { ...drop, ...progress, now: new Date(nowMs).toISOString() };
  const body = JSON.stringify(report);
  const options = { type: 'application/json', cacheS: 0, source: 'generated' } as const;
  return reply(200, [Buffer.from(body)], options);
}
