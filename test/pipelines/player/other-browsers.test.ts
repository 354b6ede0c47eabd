/** The guests' page in WebKitGTK as an iPhone has it, and in Firefox, against a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Box, startBox, until } from '../../support/box.ts';
import { hasFirefox, openFirefox } from '../../support/browser/firefox.ts';
import { unlessItHangs } from '../../support/browser/hang.ts';
import type { OtherBrowser } from '../../support/browser/other-browser.ts';
import { openScriptProxy, type ScriptProxy } from '../../support/browser/script-proxy.ts';
import { openWebKit, webKitBinary } from '../../support/browser/webkit.ts';
import { measureLatency, waitInPage } from '../../support/chromium.ts';

const test = suite<{ box: Box }>('page in other browsers');

const FIGURES = 'globalThis.venuebox()';
const TIME = 'document.querySelector("video").currentTime';
const TIME_MOVES = `new Promise((resolve) => {
  const { currentTime } = document.querySelector('video');
  setTimeout(() => resolve(document.querySelector('video').currentTime !== currentTime), 1_000);
})`;
const WATCH_MS = 3_000;
const TURNS_MAX = 70;

/** What an iPhone lacks, and where a test finds the source that the page opens. */
const AS_ON_IPHONE = `delete window.MediaSource;
const Managed = window.ManagedMediaSource;
window.ManagedMediaSource = class extends Managed {
  constructor() { super(); window.source = this; }
};`;
/** Safari's: the page then offers AirPlay, and the video has the playlist as a second source. */
const AIRPLAY = 'window.WebKitPlaybackTargetAvailabilityEvent = class extends Event {};';

test.before(async (context) => {
  context.box = await startBox();
  await context.box.ready();
});
test.after(async ({ box }) => {
  await box[Symbol.asyncDispose]();
});

/** The latency is printed: it depends on the load of the machine. */
async function watch(name: string, browser: OtherBrowser): Promise<void> {
  await waitInPage(browser, `${TIME} > 0`);
  let [framesSeen, framesRead, stalls] = [0, 0, 0];
  const latenciesMs: number[] = [];
  // Beside other tests a browser without a graphics card may show a frame or two a second.
  for (let turn = 0; turn < TURNS_MAX && (framesSeen <= 60 || framesRead <= 5); turn += 1) {
    const seen = await measureLatency(browser, WATCH_MS);
    framesSeen += seen.framesSeen;
    framesRead += seen.framesRead;
    stalls += seen.stalls;
    latenciesMs.push(...seen.latenciesMs);
  }
  const figures = (await browser.evaluate(FIGURES)) as { readonly player: string };
  assert.is(figures.player, 'venuebox');
  assert.ok(framesSeen > 60, `${framesSeen} frames shown`);
  assert.ok(framesRead > 5, `${framesRead} clocks read`);
  const median = latenciesMs.toSorted((a, b) => a - b)[Math.floor(latenciesMs.length / 2)];
  console.log(`${name}: ${median?.toFixed(0)} ms behind (median), ${stalls} stalls`);
}

async function moves(browser: OtherBrowser, byS: number): Promise<void> {
  const before = (await browser.evaluate(TIME)) as number;
  await waitInPage(browser, `${TIME} > ${before + byS}`);
}

/**
 * While the browser wants no more media the page requests none of the stream: what was under way
 * may still arrive, and then nothing does for a while in which several parts were made.
 */
async function obeysEndStreaming(browser: OtherBrowser, { paths }: ScriptProxy): Promise<void> {
  await browser.evaluate("source.dispatchEvent(new Event('endstreaming'))");
  const requested = () => paths.filter((path) => path.startsWith('/live/')).length;
  let before = requested();
  await until(
    async () => {
      const since = before;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      before = requested();
      return before === since;
    },
    60_000,
    () => paths.slice(-10).join(' '),
  );
  await browser.evaluate("source.dispatchEvent(new Event('startstreaming'))");
  await moves(browser, 1);
}

if (webKitBinary() === undefined) console.log('SKIPPED 3: webkit2gtk-driver or xvfb is missing');
else {
  for (const [name, script] of [
    ['WebKitGTK with ManagedMediaSource alone', AS_ON_IPHONE],
    ['WebKitGTK with ManagedMediaSource beside an AirPlay source', `${AIRPLAY}${AS_ON_IPHONE}`],
  ] as const) {
    test(`${name}: the picture moves, its clock is read, and the browser's wishes are obeyed`, ({
      box,
    }) =>
      unlessItHangs(async () => {
        await using proxy = await openScriptProxy(box.url, script);
        await using browser = await openWebKit();
        await browser.open(`${proxy.url}/`);
        await watch(name, browser);
        await obeysEndStreaming(browser, proxy);
        for (const track of [0, 1]) {
          await browser.evaluate(`source.sourceBuffers[${track}].remove(0, Infinity)`);
          await moves(browser, 2);
        }
      }));
  }
}

if (webKitBinary() !== undefined) {
  test('WebKitGTK that plays nothing by itself has a Play button, and plays once it is tapped', ({
    box,
  }) =>
    unlessItHangs(async () => {
      await using proxy = await openScriptProxy(box.url, AS_ON_IPHONE);
      await using browser = await openWebKit('deny');
      await browser.open(`${proxy.url}/`);
      await waitInPage(browser, 'document.body.dataset.state === "tap"');
      assert.is(await browser.evaluate(TIME_MOVES), false);
      await browser.tap('#play');
      await waitInPage(browser, 'document.body.dataset.state === "live"');
      await moves(browser, 2);
      assert.is(await browser.evaluate('document.getElementById("play").hidden'), true);
      assert.is(await browser.evaluate('document.activeElement.id'), 'mute');
    }));
}

if (!hasFirefox()) console.log('SKIPPED 1: firefox-esr is missing');
else {
  test('Firefox: the picture moves, and its clock is read', async ({ box }) => {
    await using browser = await openFirefox();
    await browser.open(`${box.url}/`);
    await watch('Firefox', browser);
  });
}

test.run();
