/** Opens pages in headless Chromium. */
/// <reference lib="dom" />
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrowserContext,
  type Browser as Chromium,
  chromium,
  type Page,
} from 'playwright-core';
import { parseClock } from '../../pipelines/probe/read-clock.ts';
import { BrowserHangs } from './browser/hang.ts';

/** Playwright's own, as Chromium reads only the last such list, and the omnibox's pages. */
const FEATURES_OFF = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding'],
  ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints'],
  ...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
  // Each window, which nobody sees, draws them in a process of its own: half of its CPU time.
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
];

/** Without the background-networking flags Chromium connects to Google at every start. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
  `--disable-features=${FEATURES_OFF.join()}`,
];

export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  open(url: string): Promise<Page>;
}

/**
 * Debian's Chromium, headless, with a profile of its own.
 *
 * @param executablePath Another program that starts it, as inside a network namespace.
 * @param flags More of its command line, as for a camera that is none.
 */
export async function openChromium(
  viewport: { width: number; height: number } = { width: 960, height: 600 },
  executablePath = '/usr/bin/chromium',
  flags: readonly string[] = [],
): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'venuebox-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [...FLAGS, ...flags],
    viewport,
  });
  return browserOf(context, async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  });
}

function browserOf(context: BrowserContext, close: () => Promise<void>): Browser {
  return {
    context,
    open: async (url) => {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'commit' });
      return page;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Opens a browser for one test after the other: a new profile each, in one process. */
export interface Chromiums {
  open(viewport?: { width: number; height: number }): Promise<Browser>;
  /** After the last test. Never rejects. */
  close(): Promise<void>;
}

/** Starting it takes longer than most of what tests do with it. */
export function shareChromium(executablePath = '/usr/bin/chromium'): Chromiums {
  let shared: Promise<Chromium> | undefined;
  const launch = (): Promise<Chromium> => {
    const launched = chromium.launch({ executablePath, headless: true, args: FLAGS });
    // One that crashed, or never started, is not the next test's.
    const forget = () => {
      if (shared === launched) shared = undefined;
    };
    launched.then((browser) => browser.on('disconnected', forget), forget);
    return launched;
  };
  return {
    open: async (viewport = { width: 960, height: 600 }) => {
      shared ??= launch();
      const context = await (await shared).newContext({ viewport });
      return browserOf(context, () => context.close());
    },
    // A hook that throws takes the totals of its file with it.
    close: async () => await shared?.then((browser) => browser.close()).catch(() => undefined),
  };
}

/** A page of any browser. */
export interface Evaluates {
  evaluate(expression: string): Promise<unknown>;
}

/** A loaded machine shows a page late, and is no failure: shorter time-outs are stretched to this. */
const PATIENCE_MS = 150_000;

/** Polls from outside: the page's Content-Security-Policy forbids Playwright's own wait. */
export async function waitInPage(
  page: Evaluates,
  expression: string,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const endMs = performance.now() + Math.max(timeoutMs, PATIENCE_MS);
  let reason: unknown;
  while (performance.now() < endMs) {
    try {
      if (await page.evaluate(expression)) return;
    } catch (error) {
      if (error instanceof BrowserHangs) throw error;
      // What it looks at may not be there yet.
      reason = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${timeoutMs} ms in the page: ${expression}`, { cause: reason });
}

export interface LatencyFigures {
  /** From the camera's glass to the screen's, in ms, a figure for each frame read. */
  readonly latenciesMs: readonly number[];
  /** Unix times at which these frames were shown. */
  readonly shownMs: readonly number[];
  readonly framesRead: number;
  readonly framesSeen: number;
  readonly stalls: number;
  /** Frames that were shown for more than 250 ms. */
  readonly freezes: number;
}

/**
 * Watches a page's video for a while and reads the clock off its frames, when
 * each is presented. Camera and browser share this machine's clock.
 */
export async function measureLatency(
  page: Evaluates,
  forMs: number,
  everyMs = 250,
): Promise<LatencyFigures> {
  const script = `(() => { ${PRELUDE} return (${WATCH})(${JSON.stringify({ forMs, everyMs })}, ${parseClock}); })()`;
  return (await page.evaluate(script)) as LatencyFigures;
}

/**
 * Watches until so many frames were shown and so many clocks read, however slow
 * the machine is. Rejects when that takes longer than `timeoutMs`, or the patience above.
 */
export async function seeFrames(
  page: Evaluates,
  atLeast: { readonly shown: number; readonly read: number },
  timeoutMs = PATIENCE_MS,
): Promise<readonly number[]> {
  const endMs = performance.now() + Math.max(timeoutMs, PATIENCE_MS);
  let shown = 0;
  const latenciesMs: number[] = [];
  while (shown < atLeast.shown || latenciesMs.length < atLeast.read) {
    if (performance.now() > endMs) {
      throw new Error(`${shown} frames shown, ${latenciesMs.length} read in ${timeoutMs} ms`);
    }
    const measured = await measureLatency(page, 1_000);
    shown += measured.framesSeen;
    latenciesMs.push(...measured.latenciesMs);
  }
  return latenciesMs;
}

/** What the functions below close over; `__name` is what tsx wraps functions in. */
const PRELUDE = `
  const __name = (f) => f, TIME_BITS = 24, CHECK_BITS = 8, CLOCK_CELLS = 36;
  const checkOf = (time) => ((time ^ (time >> 8) ^ (time >> 16)) & 0xff) ^ 0xa5;
`;

type Watch = { readonly forMs: number; readonly everyMs: number };

const WATCH = async (
  { forMs, everyMs }: Watch,
  parse: typeof parseClock,
): Promise<LatencyFigures> => {
  const video = document.querySelector('video') as HTMLVideoElement;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  const latenciesMs: number[] = [];
  const readsMs: number[] = [];
  let framesRead = 0;
  let framesSeen = 0;
  let stalls = 0;
  let freezes = 0;
  let isOver = false;
  let lastReadMs = 0;
  let lastShownMs = Number.POSITIVE_INFINITY;
  video.addEventListener('waiting', () => {
    if (!video.seeking) stalls += 1;
  });
  const onFrame = (_now: number, frame: VideoFrameCallbackMetadata) => {
    if (isOver) return;
    video.requestVideoFrameCallback(onFrame);
    framesSeen += 1;
    const shownMs = performance.timeOrigin + frame.expectedDisplayTime;
    if (shownMs - lastShownMs > 250) freezes += 1;
    lastShownMs = shownMs;
    if (shownMs - lastReadMs < everyMs) return;
    lastReadMs = shownMs;
    canvas.width = video.videoWidth;
    const cell = video.videoWidth / 40;
    canvas.height = Math.ceil(cell);
    context.drawImage(video, 0, 0);
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    const time = parse(
      (x, y) => data[(Math.floor(y * cell) * width + Math.floor(x * cell)) * 4] ?? 0,
    );
    if (time === undefined) return;
    framesRead += 1;
    const behind = (((shownMs - time) % 2 ** 24) + 2 ** 24) % 2 ** 24;
    latenciesMs.push(behind);
    readsMs.push(shownMs);
  };
  video.requestVideoFrameCallback(onFrame);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  isOver = true;
  return { latenciesMs, shownMs: readsMs, framesRead, framesSeen, stalls, freezes };
};
