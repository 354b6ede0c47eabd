/** Players in a browser: our page, and pages with the players that websites use. */
import { existsSync } from 'node:fs';
import { parseClock } from '../../../pipelines/probe/read-clock.ts';
import { hasFirefox, openFirefox } from '../../../test/support/browser/firefox.ts';
import { openWebKit, webKitBinary } from '../../../test/support/browser/webkit.ts';
import { type Browser, openChromium } from '../../../test/support/chromium.ts';
import { PAGE_PLAYERS, pathOf } from './pages.ts';
import { Complaints, type Player, type RunningPlayer, type Sample, sampleOf } from './player.ts';

const READ_EVERY_MS = 500;
const LOOK_EVERY_MS = 50;
/** A page that is asked and does not answer. */
const ANSWER_MS = 20_000;

/** What a page has seen since it was asked last. */
interface Seen {
  readonly looks: readonly (readonly [atMs: number, clockMs: number])[];
  readonly faults: readonly string[];
  readonly isEnded: boolean;
}

type Evaluate = (expression: string) => Promise<unknown>;

/** `__name` is what tsx wraps functions in; the others are what `parseClock` closes over. */
const LOOK = `(() => {
  const __name = (f) => f, TIME_BITS = 24, CHECK_BITS = 8, CLOCK_CELLS = 36;
  const checkOf = (time) => ((time ^ (time >> 8) ^ (time >> 16)) & 0xff) ^ 0xa5;
  const parse = ${parseClock};
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  globalThis.looks = [];
  globalThis.hasEnded = false;
  globalThis.faults ??= [];
  let [movedMs, lastS] = [0, 0];
  setInterval(() => {
    const video = document.querySelector('video');
    if (!video?.videoWidth) return;
    // Some players stop some frames before the end of the media, without the event.
    const isAtEnd = Number.isFinite(video.duration) && video.duration - video.currentTime < 0.3;
    if (video.currentTime !== lastS) movedMs = Date.now();
    lastS = video.currentTime;
    globalThis.hasEnded = video.ended || (isAtEnd && Date.now() - movedMs > 3_000);
    canvas.width = video.videoWidth;
    const cell = video.videoWidth / 40;
    canvas.height = Math.ceil(cell);
    context.drawImage(video, 0, 0);
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    const time = parse((x, y) => data[(Math.floor(y * cell) * width + Math.floor(x * cell)) * 4] ?? 0);
    if (time !== undefined) globalThis.looks.push([Date.now(), time]);
  }, ${LOOK_EVERY_MS});
  return true;
})()`;

const READ = `({
  looks: globalThis.looks.splice(0),
  faults: globalThis.faults.splice(0),
  isEnded: globalThis.hasEnded,
})`;

async function watchPage(evaluate: Evaluate, close: () => Promise<void>): Promise<RunningPlayer> {
  await evaluate(LOOK);
  const samples: Sample[] = [];
  const complaints = new Complaints();
  let isEnded = false;
  let isOver = false;
  const read = async () => {
    while (!isOver) {
      const seen = await inTime(evaluate(READ) as Promise<Seen>).catch((error: unknown) => {
        if (!isOver) complaints.add(String(error));
      });
      for (const [atMs, clockMs] of seen?.looks ?? []) samples.push(sampleOf(atMs, clockMs));
      for (const fault of seen?.faults ?? []) complaints.add(fault);
      isEnded = seen?.isEnded ?? isEnded;
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
    }
  };
  const reading = read();
  return {
    samples,
    isEnded: () => isEnded,
    complaints: () => complaints.counts,
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await close();
      await reading;
    },
  };
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the page does not answer')), ANSWER_MS).unref();
  });
  return Promise.race([work, late]);
}

/** One Chromium for all pages, from the first of them to the last. */
let chromium: { readonly browser: Promise<Browser>; pages: number } | undefined;

async function openInChromium(url: string): Promise<RunningPlayer> {
  chromium ??= { browser: openChromium(), pages: 0 };
  const shared = chromium;
  shared.pages += 1;
  const browser = await shared.browser;
  const page = await browser.open(url);
  return watchPage(
    (expression) => page.evaluate(expression),
    async () => {
      await page.close();
      shared.pages -= 1;
      if (shared.pages > 0) return;
      chromium = undefined;
      await browser[Symbol.asyncDispose]();
    },
  );
}

async function openElsewhere(
  opening: ReturnType<typeof openFirefox>,
  url: string,
): Promise<RunningPlayer> {
  const browser = await opening;
  await browser.open(url);
  return watchPage(browser.evaluate, async () => {
    await browser[Symbol.asyncDispose]();
  });
}

const missingChromium = () =>
  existsSync('/usr/bin/chromium') ? undefined : '/usr/bin/chromium (apt: chromium)';

export const BROWSER_PLAYERS: readonly Player[] = [
  ...PAGE_PLAYERS.map(({ name }) => ({
    name,
    missing: missingChromium,
    start: (url: string) => openInChromium(`${url}${pathOf(name)}`),
  })),
  {
    name: 'our page, Chromium',
    missing: missingChromium,
    start: (url) => openInChromium(`${url}/?profile=laptop`),
  },
  {
    name: 'our page, Firefox',
    missing: () => (hasFirefox() ? undefined : 'Firefox (apt: firefox-esr)'),
    start: (url) => openElsewhere(openFirefox(), `${url}/?profile=laptop`),
  },
  {
    name: 'our page, WebKitGTK',
    missing: () => (webKitBinary() ? undefined : 'WebKitGTK (apt: webkit2gtk-driver xvfb)'),
    start: (url) => openElsewhere(openWebKit(), `${url}/?profile=laptop`),
  },
];
