/** The guests' pages in each of their states, served without a box. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { type Reply, refuse, reply } from '../../../pipelines/http/reply.ts';
import { type DropProgress, NO_PROGRESS } from '../../../pipelines/player/drop-json.ts';
import { openPages } from '../../../pipelines/player/pages.ts';

export interface Scene {
  /** Of the page, relative to the root. */
  readonly path: string;
  readonly startsAt: string;
  readonly progress: DropProgress | 'unreachable';
  /** Brings the page into this state, where a box would. */
  readonly script: string;
  /** True once it is in it. */
  readonly isShown: string;
}

const POSTERS = [320, 640].map((widthPx) => ({ widthPx, path: `posters/live-${widthPx}` }));
const CLIPS = [
  { id: 'AAAAAAAAAAA', number: 2, label: 'Encore', durationS: 30, posters: POSTERS },
  { id: 'BBBBBBBBBBB', number: 1, durationS: 30, posters: POSTERS },
];
const CHAPTERS = [
  { startS: 612, number: 2, label: 'Encore' },
  { startS: 95.5, number: 1 },
];
const SHOP = {
  articles: [
    {
      ...{
        name: 'Poster, signed by both',
        price: 2500,
        usualPrice: 3000,
        currency: 'EUR',
        left: 12,
      },
      ...{
        isOpen: true,
        picture: 'posters/live-320',
        checkoutUrl: 'https://shop.example.org/poster',
      },
    },
    { name: 'Tee', price: 2000, currency: 'EUR', left: 0, isOpen: true },
  ],
};
const LIVE = {
  ...NO_PROGRESS,
  shop: SHOP,
  clips: CLIPS,
  liveSince: new Date(Date.now() - 754_000).toISOString(),
};
const OVER = {
  ...{ ...NO_PROGRESS, isOver: true, hasReplay: true },
  ...{ clips: CLIPS, chapters: CHAPTERS, posters: POSTERS },
};
const inState = (state: string) => `document.body.dataset.state === '${state}'`;
const NO_SCRIPT = '';
/** A picture that does not move for five seconds would be taken for a frozen one. */
const SHOWS_PICTURE = `(() => {
  const video = document.getElementById('video');
  Object.defineProperty(video, 'paused', { configurable: true, get: () => true });
  video.dispatchEvent(new Event('playing'));
})()`;
const MOVIE = `(() => {
  const video = document.getElementById('video');
  Object.defineProperty(video, 'duration', { configurable: true, get: () => 1325 });
  Object.defineProperty(video, 'currentTime', { configurable: true, value: 640, writable: true });
  video.dispatchEvent(new Event('durationchange'));
  video.dispatchEvent(new Event('timeupdate'));
})()`;
const HAS_CLIPS = '!document.getElementById("clips").hidden';
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

export const SCENES: Readonly<Record<string, Scene>> = {
  before: {
    ...{ path: '', startsAt: soon(3_700_000), progress: { ...NO_PROGRESS, posters: POSTERS } },
    ...{ script: NO_SCRIPT, isShown: inState('before') },
  },
  live: {
    ...{ path: '', startsAt: '', progress: LIVE },
    script: `${SHOWS_PICTURE}, (() => {
      for (const code of document.querySelectorAll('#shop-list details')) code.open = true;
    })()`,
    isShown: `${inState('live')} && !!document.querySelector('#shop-list svg')`,
  },
  waiting: {
    ...{ path: '', startsAt: '', progress: NO_PROGRESS, script: NO_SCRIPT },
    isShown: inState('waiting'),
  },
  tap: {
    ...{ path: '', startsAt: '', progress: LIVE, isShown: inState('tap') },
    script: "document.getElementById('video').dispatchEvent(new Event('playrefused'))",
  },
  paused: {
    ...{ path: '', startsAt: '', progress: LIVE, isShown: inState('live') },
    script: `${SHOWS_PICTURE}, document.body.classList.add('paused')`,
  },
  rewound: {
    ...{ path: '', startsAt: '', progress: LIVE, isShown: inState('live') },
    script: `${SHOWS_PICTURE}, document.body.classList.add('rewound', 'paused')`,
  },
  ended: {
    ...{ path: '', startsAt: soon(86_400_000 * 7), progress: OVER, script: NO_SCRIPT },
    isShown: `${inState('ended')} && ${HAS_CLIPS}`,
  },
  offline: {
    ...{ path: '', startsAt: '', progress: 'unreachable', script: NO_SCRIPT },
    isShown: inState('offline'),
  },
  replay: {
    ...{ path: 'replay/', startsAt: soon(86_400_000 * 7), progress: OVER, script: MOVIE },
    isShown: HAS_CLIPS,
  },
  clip: {
    ...{ path: 'clip/AAAAAAAAAAA', startsAt: '', progress: OVER, script: MOVIE },
    isShown: HAS_CLIPS,
  },
  error: {
    ...{ path: 'nothing-here', startsAt: '', progress: NO_PROGRESS, script: NO_SCRIPT },
    isShown: '!!document.querySelector(".error h1")',
  },
};

export async function serveScene({ startsAt, progress, path }: Scene) {
  const state = progress === 'unreachable' ? NO_PROGRESS : progress;
  const clip = { label: 'Encore', poster: 'posters/live-640' };
  const drop = { title: 'Record Shop Live', startsAt, hasReactions: true, dvrS: 600 };
  const pages = openPages(
    drop,
    () => state,
    () => clip,
  );
  const poster = await drawPoster();
  const answer = (url: URL, accept: string): Reply => {
    if (url.pathname === '/drop.json' && progress === 'unreachable') return refuse(503, 'away');
    if (url.pathname.startsWith('/posters/'))
      return reply(200, [poster], { type: 'image/webp', cacheS: 60 });
    const header = (name: string) => (name === 'accept' ? accept : undefined);
    const request = { path: url.pathname, query: url.searchParams, header };
    const found = pages.forPeople(request, pages.answer(request) ?? refuse(503, 'not live'));
    return found as Reply;
  };
  // There is media, and it never comes: the page does not leave its state.
  const isAwaited = ({ pathname }: URL) =>
    (state.liveSince !== '' && pathname.startsWith('/live/')) ||
    (state.hasReplay && pathname === '/replay/index.m3u8') ||
    pathname.startsWith('/clips/');
  const server = createServer(({ url = '/', headers: { accept = '' } }, response) => {
    const asked = new URL(url, 'http://box');
    if (isAwaited(asked)) return;
    const { status, headers, body } = answer(asked, accept);
    response.writeHead(status, [...headers]).end(Buffer.concat(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function drawPoster(): Promise<Buffer> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#7a3"/><stop offset="1" stop-color="#f80"/></linearGradient></defs><rect width="640" height="360" fill="url(#g)"/></svg>';
  return sharp(Buffer.from(svg)).webp().toBuffer();
}
