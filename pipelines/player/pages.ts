/** Serves the guests' pages and what they load, from memory. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { digestOf } from '../http/cache/digest.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import type { HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import { type Branding, NO_BRANDING } from './brand/branding.ts';
import { renderCalendar } from './calendar.ts';
import {
  type DropProgress,
  type DropReport,
  type DropSettings,
  NO_PROGRESS,
} from './drop-report.ts';
import { forPeople } from './error-page.ts';
import {
  type Asset,
  assetReply,
  HTML,
  openAsset,
  openBrandAssets,
  readBuilt,
} from './page-assets.ts';
import { type PageHtml, renderPage } from './page-html.ts';
import { fill } from './text/fill.ts';
import { languageOf, textsOf } from './text/languages.ts';

export interface Pages {
  /** Of the files that pages load, now; gzip is a representation of its own: `/player.js#gzip`. */
  readonly etags: ReadonlyMap<string, string>;
  /** Undefined for a path that is not the page's. */
  answer(request: HttpRequest): Reply | undefined;
  /** The same answer, or a page in place of a refusal that a guest sees. */
  forPeople(request: HttpRequest, answer: Reply | Wait): Reply | Wait;
}

export interface ClipOnPage {
  /** By the crew. */
  readonly label: string | undefined;
  /** Address of a picture of it, relative to the live page. */
  readonly poster: string;
}

/** Pages that were made: one for each language and address, and picture. */
const RENDERED_MAX = 64;
const MANIFEST_PATH = '/manifest.webmanifest';
const CLIP_PATH = /^\/clip\/([\w-]{11})(\/?)$/;

/**
 * @param progress What changes of the drop.
 * @param clipOf Undefined where there is no such clip.
 * @param nowMs Unix time, by the clock that the stream goes by.
 * @throws Error where the page has not been built: `npm run build` does that.
 */
export function openPages(
  drop: DropSettings,
  progress: () => DropProgress = () => NO_PROGRESS,
  clipOf: (id: string) => ClipOnPage | undefined = () => undefined,
  nowMs: () => number = Date.now,
  branding: () => Branding = () => NO_BRANDING,
  pictureReply: (path: string, header: HeaderLookup) => Reply | undefined = () => undefined,
): Pages {
  const assets = openAssets();
  const brandAssets = openBrandAssets(branding);
  const render = openRenderer(drop, branding);
  const manifest = openManifest();
  const [live, watch] = [readBuilt('index.html').toString(), readBuilt('watch.html').toString()];
  const now = (): DropSettings => ({ ...drop, ...progress().shown });
  const livePoster = () =>
    progress().shown?.picture ?? branding().picture?.path ?? progress().posters.at(-1)?.path;
  const clipReply = (request: HttpRequest, id: string, slash: string): Reply => {
    const clip = clipOf(id);
    if (clip === undefined) return refuse(404, 'no such clip');
    // The page's own addresses are relative.
    if (slash === '/') return refuse(301, 'without the slash', 5, ['Location', `../${id}`]);
    const { label, poster } = clip;
    const movie = `clips/clip-${id}.mp4`;
    const { title } = now();
    const own = { title: label ?? title, description: label === undefined ? '' : title };
    return render(request, watch, { ...own, root: '../', poster, movie });
  };
  return {
    get etags() {
      return etagsOf([...assets, ...brandAssets(), [MANIFEST_PATH, manifest(now().title)]]);
    },
    answer: (request) => {
      const { path, header } = request;
      if (path === '/drop.json') return dropReply(drop, progress(), nowMs(), branding());
      if (path === '/drop.ics') return calendarReply(now(), request);
      if (path === '/' || path === '/index.html') {
        const description = describe(now(), request);
        const { title } = now();
        return render(request, live, { title, description, root: './', poster: livePoster() });
      }
      if (path === '/replay') return refuse(301, 'with a slash', 5, ['Location', 'replay/']);
      if (path === '/replay/') {
        const description = textsOf(languageOf(request)).replay;
        const { title } = now();
        return render(request, watch, { title, description, root: '../', poster: livePoster() });
      }
      const [, clipId, slash = ''] = CLIP_PATH.exec(path) ?? [];
      if (clipId !== undefined) return clipReply(request, clipId, slash);
      if (path === MANIFEST_PATH) {
        return assetReply(manifest(now().title), header, ['Accept-Encoding']);
      }
      const asset = assets.get(path) ?? brandAssets().get(path);
      if (asset !== undefined) return assetReply(asset, header, ['Accept-Encoding']);
      const picture = pictureReply(path, header);
      if (picture !== undefined) return picture;
      return path.startsWith('/live/') ? undefined : refuse(404, 'not found; the player is at /');
    },
    forPeople: (request, answer) => ('status' in answer ? forPeople(request, answer) : answer),
  };
}

function openAssets(): ReadonlyMap<string, Asset> {
  const hls = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  const script = 'text/javascript; charset=utf-8';
  return new Map<string, Asset>([
    ['/player.css', openAsset('text/css; charset=utf-8', readBuilt('player.css'))],
    ['/player.js', openAsset(script, readBuilt('player.js'))],
    ['/watch.js', openAsset(script, readBuilt('watch.js'))],
    ['/hls.js', openAsset(script, readFileSync(hls))],
    ['/favicon.svg', openAsset('image/svg+xml', readBuilt('favicon.svg'))],
    ['/icon-180.png', openAsset('image/png', readBuilt('icon-180.png'))],
    ['/icon-512.png', openAsset('image/png', readBuilt('icon-512.png'))],
  ]);
}

function etagsOf(assets: Iterable<readonly [string, Asset]>): ReadonlyMap<string, string> {
  const etags = [...assets].flatMap(([path, { plain, gzipped }]) => [
    [path, plain.digest.etag] as const,
    [`${path}#gzip`, gzipped.digest.etag] as const,
  ]);
  return new Map(etags);
}

type Rendered = Omit<PageHtml, 'lang' | 'text' | 'url' | 'isGiven' | 'logo' | 'ways'>;

/** Pages are rendered once for all guests of a language. */
function openRenderer({ address, ways }: DropSettings, branding: () => Branding) {
  const rendered = new Map<string, Asset>();
  return (request: HttpRequest, template: string, page: Rendered): Reply => {
    const lang = languageOf(request);
    const own = addressOf(address, request);
    const isGiven = address !== undefined;
    const { path } = request;
    const { logo } = branding();
    const key = JSON.stringify([path, lang, own, page, logo?.path]);
    const url = own && `${own}${path.replace('/index.html', '/').slice(1)}`;
    const given = { lang, text: textsOf(lang), url, isGiven, logo: logo?.path, ways };
    const html = () => renderPage(template, { ...page, ...given });
    const asset = rendered.get(key) ?? openAsset(HTML, Buffer.from(html()));
    if (rendered.size >= RENDERED_MAX) rendered.clear();
    rendered.set(key, asset);
    return assetReply(asset, request.header, ['Accept-Encoding', 'Accept-Language']);
  };
}

/** What the preview of the live page's link says. */
function describe({ startsAt }: DropSettings, request: HttpRequest): string {
  const text = textsOf(languageOf(request));
  const startsMs = Date.parse(startsAt);
  if (Number.isNaN(startsMs)) return text.live;
  return fill(text.startsAt, { date: `${new Date(startsMs).toISOString().slice(0, 16)}Z` });
}

/** It names the drop that is shown. */
function openManifest(): (title: string) => Asset {
  let last: { readonly title: string; readonly asset: Asset } | undefined;
  return (title) => {
    if (last?.title !== title) {
      last = { title, asset: openAsset('application/manifest+json', renderManifest(title)) };
    }
    return last.asset;
  };
}

function renderManifest(title: string): Buffer {
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

function calendarReply({ title, startsAt, address }: DropSettings, request: HttpRequest): Reply {
  const startsMs = Date.parse(startsAt);
  if (Number.isNaN(startsMs)) return refuse(404, 'the start of the drop is not known');
  const entry = { title, startsMs, url: addressOf(address, request) ?? '/' };
  const body = [Buffer.from(renderCalendar(entry, startsMs))];
  const freshness = { kind: 'revalidate' } as const;
  return respond(request.header, {
    type: 'text/calendar',
    body,
    digest: digestOf(body),
    freshness,
  });
}

/** Of the live page, for other machines, with a final slash. */
function addressOf(address: string | undefined, { ownAddress }: HttpRequest): string | undefined {
  const own = ownAddress?.();
  return address ?? (own === undefined ? undefined : `${own}/`);
}

/**
 * It includes the box's time, so that a phone with a wrong clock counts down correctly, and
 * knows how far behind the stage its picture is.
 */
function dropReply(
  { brandingFolder: _folder, uploadsFolder: _uploads, ways: _ways, ...drop }: DropSettings,
  { shown, ...progress }: DropProgress,
  nowMs: number,
  { picture, logo, style }: Branding,
): Reply {
  const look = { style: digestOf([Buffer.from(style)]).etag.slice(1, -1), logo: logo?.path ?? '' };
  const usual = { ...(picture && { picture: picture.path }), look };
  const now = new Date(nowMs).toISOString();
  const report: DropReport = { ...drop, ...usual, ...shown, ...progress, now };
  const body = JSON.stringify(report);
  const options = { type: 'application/json', cacheS: 0, source: 'generated' } as const;
  return reply(200, [Buffer.from(body)], options);
}
