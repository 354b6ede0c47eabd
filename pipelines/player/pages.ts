/** Serves the guests' pages and what they load, from memory. */
import { setNewest } from '../../hal/os/limits/newest.ts';
import { digestOf } from '../http/cache/digest.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import type { HeaderLookup } from '../http/negotiate.ts';
import { type Reply, refuse, reply } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import { type Branding, NO_BRANDING } from './brand/branding.ts';
import { renderCalendar } from './calendar.ts';
import {
  type DropJson,
  type DropProgress,
  type DropSettings,
  NO_PROGRESS,
  type VariantOnPage,
} from './drop-json.ts';
import { forPeople } from './error-page.ts';
import { describeDrop } from './link/describe.ts';
import { previewImage } from './link/preview-image.ts';
import {
  type Asset,
  assetReply,
  etagsOf,
  HTML,
  openAsset,
  openAssets,
  openBrandAssets,
  readBuilt,
} from './page-assets.ts';
import { type PageHtml, renderPage } from './page-html.ts';
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
  /** Address of a picture of it, relative to the live page; undefined until that is made. */
  readonly poster: string | undefined;
}

/** Pictures of the drop, of the venue and of what is sold. */
export interface PagePictures {
  /** Undefined for a path that is none's. */
  readonly answer: (path: string, header: HeaderLookup) => Reply | undefined;
  /** A title picture in several widths and formats; empty until they are made. */
  readonly variantsOf: (path: string | undefined) => readonly VariantOnPage[];
}

const NO_PICTURES: PagePictures = { answer: () => undefined, variantsOf: () => [] };

/**
 * Pages that were made: one for each language and address, and picture. Those of the clips that guests
 * are shown, in all languages: a guest who asks for one after the other has none made again.
 */
const RENDERED_MAX = 512;
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
  pictures: PagePictures = NO_PICTURES,
): Pages {
  const assets = openAssets();
  const brandAssets = openBrandAssets(branding);
  const render = openRenderer(drop, branding);
  const manifest = openManifest();
  const [live, watch] = [readBuilt('index.html').toString(), readBuilt('watch.html').toString()];
  const now = (): DropSettings => ({ ...drop, ...progress().shown });
  const showImage = () => previewImage(progress(), branding(), pictures.variantsOf);
  const clipReply = (request: HttpRequest, id: string, slash: string): Reply => {
    const clip = clipOf(id);
    if (clip === undefined) return refuse(404, 'no such clip');
    // The page's own addresses are relative.
    if (slash === '/') return refuse(301, 'without the slash', 5, ['Location', `../${id}`]);
    const { label, poster } = clip;
    const { title } = now();
    const own = { title: label ?? title, description: label === undefined ? '' : title };
    const image = poster === undefined ? showImage() : { path: poster };
    return render(request, watch, { ...own, root: '../', image, movie: `clips/clip-${id}.mp4` });
  };
  return {
    get etags() {
      return etagsOf([...assets, ...brandAssets(), [MANIFEST_PATH, manifest(now().title)]]);
    },
    answer: (request) => {
      const { path, header } = request;
      if (path === '/drop.json') {
        return dropReply(drop, progress(), nowMs(), branding(), pictures.variantsOf);
      }
      if (path === '/drop.ics') return calendarReply(drop, progress(), request);
      if (path === '/' || path === '/index.html') {
        const said = livePage({ ...now(), ...progress() }, request, Date.now());
        return render(request, live, { ...said, root: './', image: showImage() });
      }
      if (path === '/replay') return refuse(301, 'with a slash', 5, ['Location', 'replay/']);
      if (path === '/replay/') {
        const said = { title: now().title, description: textsOf(languageOf(request)).replay };
        return render(request, watch, { ...said, root: '../', image: showImage() });
      }
      const [, clipId, slash = ''] = CLIP_PATH.exec(path) ?? [];
      if (clipId !== undefined) return clipReply(request, clipId, slash);
      if (path === MANIFEST_PATH) {
        return assetReply(manifest(now().title), header, ['Accept-Encoding']);
      }
      const asset = assets.get(path) ?? brandAssets().get(path);
      if (asset !== undefined) return assetReply(asset, header, ['Accept-Encoding']);
      const picture = pictures.answer(path, header);
      if (picture !== undefined) return picture;
      return path.startsWith('/live/') ? undefined : refuse(404, 'not found; the player is at /');
    },
    forPeople: (request, answer) => ('status' in answer ? forPeople(request, answer) : answer),
  };
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
    setNewest(rendered, key, asset, RENDERED_MAX);
    return assetReply(asset, request.header, ['Accept-Encoding', 'Accept-Language']);
  };
}

/** What the live page says where nothing of it runs: in previews of its link, and without JavaScript. */
function livePage(drop: DropSettings & DropProgress, request: HttpRequest, nowMs: number) {
  const lang = languageOf(request);
  const description = describeDrop(drop, { lang, text: textsOf(lang) }, nowMs);
  const { title, hasReplay, liveSince } = drop;
  return { title, description, hasReplay, looksAgain: liveSince === '' };
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

function calendarReply(
  drop: DropSettings,
  { shown, next }: DropProgress,
  request: HttpRequest,
): Reply {
  const { title, startsAt, address } = { ...drop, ...shown, ...next };
  const { id = '', endsAt = '' } = shown?.planned ?? {};
  const startsMs = Date.parse(startsAt);
  if (Number.isNaN(startsMs)) return refuse(404, 'the start of the drop is not known');
  const url = addressOf(address, request) ?? '/';
  const entry = { id, title, startsMs, endsMs: Date.parse(endsAt), url };
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

/** The machine's clock was set while the stream, which does not follow it, was on. */
const APART_MS = 1_000;

/**
 * It includes the box's time, so that a phone with a wrong clock counts down correctly, and
 * knows how far behind the stage its picture is.
 */
function dropReply(
  { brandingFolder: _folder, uploadsFolder: _uploads, ways: _ways, ...drop }: DropSettings,
  { shown, ...progress }: DropProgress,
  nowMs: number,
  { picture: venues, logo, style }: Branding,
  variantsOf: PagePictures['variantsOf'],
): Reply {
  const look = { style: digestOf([Buffer.from(style)]).etag.slice(1, -1), logo: logo?.path ?? '' };
  const picture = shown?.picture ?? venues?.path;
  const variants = variantsOf(picture);
  const pictures = {
    ...(picture !== undefined && { picture }),
    ...(variants.length > 0 && { variants }),
  };
  const now = new Date(nowMs).toISOString();
  const planMs = Date.now();
  const isApart = Math.abs(planMs - nowMs) > APART_MS;
  const times = { now, ...(isApart && { planNow: new Date(planMs).toISOString() }) };
  const { planned: _, ...named } = shown ?? {};
  const report: DropJson = { ...drop, ...named, ...progress, ...pictures, look, ...times };
  const body = JSON.stringify(report);
  const options = { type: 'application/json', cacheS: 0, source: 'generated' } as const;
  return reply(200, [Buffer.from(body)], options);
}
