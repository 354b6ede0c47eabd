/** The guests' page in a real browser, against a real box. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask } from '../../support/ask.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { savePicture } from '../../support/browser/picture.ts';
import { seeFrames, shareChromium, waitInPage } from '../../support/chromium.ts';

const test = suite<{ box: Box }>('page in Chromium');
const alone = suite('page in Chromium, of a box of its own');
const chromium = shareChromium();
test.before(async (context) => {
  context.box = await startBox(['drop.title=Record Shop Live']);
  await context.box.ready();
});
test.after(async ({ box }) => {
  await box[Symbol.asyncDispose]();
});
alone.after(() => chromium.close());

interface Figures {
  readonly player: string;
  readonly latencyMs: number;
  readonly startupMs: number;
}

const FIGURES = 'globalThis.venuebox()';
const TIME = 'document.querySelector("video").currentTime';
/** Decoded bytes: a muted page still decodes its sound. */
const SOUND = 'document.querySelector("video").webkitAudioDecodedByteCount';

test('our player plays: the picture moves, sound is decoded, the clock is read, the box counts a viewer', async ({
  box,
}) => {
  await using browser = await chromium.open();
  const page = await browser.open(`${box.url}/`);
  const outside: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(box.url) && !request.url().startsWith('blob:'))
      outside.push(request.url());
  });
  await waitInPage(page, `${TIME} > 0`);
  const latenciesMs = await seeFrames(page, { shown: 20, read: 6 });
  assert.ok(latenciesMs.every((ms) => ms < 30_000));
  assert.ok(((await page.evaluate(SOUND)) as number) > 0);
  const figures = (await page.evaluate(FIGURES)) as Figures;
  assert.is(figures.player, 'venuebox');
  assert.ok(figures.startupMs > 0);
  assert.equal(outside, []);
  const state = () => box.state<{ media: { viewers: { viewers: number } } }>();
  await until(async () => (await state()).media.viewers.viewers === 1, 10_000);
});

/** The browser takes what a test evaluates for the guest's; here only a click is. */
const CLICKS_ALONE = `{
  const activation = { hasBeenActive: false };
  Object.defineProperty(navigator, 'userActivation', { value: activation });
  addEventListener('click', () => { activation.hasBeenActive = true; }, true);
}`;

test('sound that the guest has not asked for is muted, and a pause of the browser is over; after a tap both are the guest’s', async ({
  box,
}) => {
  await using browser = await chromium.open();
  await browser.context.addInitScript(CLICKS_ALONE);
  const page = await browser.open(`${box.url}/`);
  await waitInPage(page, `${TIME} > 0`);
  const change = async (script: string) => {
    await page.evaluate(`{ const video = document.querySelector('video'); ${script} }`);
    const before = (await page.evaluate(TIME)) as number;
    await waitInPage(page, `document.querySelector('video').muted && ${TIME} > ${before + 1}`);
  };
  await change('video.muted = false');
  await change('video.pause()');
  await page.click('#mute');
  assert.is(await page.evaluate("document.querySelector('video').muted"), false);
  const before = (await page.evaluate(TIME)) as number;
  await waitInPage(page, `!document.querySelector('video').muted && ${TIME} > ${before + 1}`);
  // As headphones do that are taken out, and Play on the lock screen.
  await page.evaluate("document.querySelector('video').pause()");
  await waitInPage(
    page,
    "getComputedStyle(document.getElementById('live-again')).display !== 'none'",
  );
  const pausedS = (await page.evaluate(TIME)) as number;
  await page.evaluate("document.querySelector('video').play()");
  await waitInPage(page, `!document.body.classList.contains('paused') && ${TIME} > ${pausedS + 1}`);
});

test('hls.js plays from the box when it is asked for', async ({ box }) => {
  await using browser = await chromium.open();
  const page = await browser.open(`${box.url}/?player=hls`);
  await waitInPage(page, `${TIME} > 0`);
  await seeFrames(page, { shown: 20, read: 6 });
  assert.is(((await page.evaluate(FIGURES)) as Figures).player, 'hls.js');
});

for (const player of ['venuebox', 'hls']) {
  test(`${player}: a page that waited for the drop reports its first picture from when there was a stream`, async ({
    box,
  }) => {
    await using browser = await chromium.open();
    const playlist = '**/live/index.m3u8';
    await browser.context.route(playlist, (route) => route.fulfill({ status: 503 }));
    const page = await browser.open(`${box.url}/?player=${player}`);
    await waitInPage(page, 'performance.now() > 6_000');
    const streamMs = (await page.evaluate('performance.now()')) as number;
    await browser.context.unroute(playlist);
    await waitInPage(page, `${FIGURES}.startupMs > 0`);
    const sinceMs = ((await page.evaluate('performance.now()')) as number) - streamMs;
    assert.ok(((await page.evaluate(FIGURES)) as Figures).startupMs < sinceMs);
  });
}

for (const wrongMs of [-30_000, 30_000]) {
  alone(
    `hls.js on a device whose clock is ${wrongMs / 1000} s wrong: the box counts it, with its latency`,
    async () => {
      await using box = await startBox();
      await box.ready();
      await using browser = await chromium.open();
      const wrong = `{ const now = Date.now; Date.now = () => now() + ${wrongMs}; }`;
      await browser.context.addInitScript(wrong);
      const page = await browser.open(`${box.url}/?player=hls`);
      await waitInPage(page, `${TIME} > 0 && ${FIGURES}.latencyMs > 0`);
      assert.ok(((await page.evaluate(FIGURES)) as Figures).latencyMs < 30_000);
      const media = async () => (await box.state<BoxSnapshot>()).media;
      const reported = async () => Object.keys((await media())?.viewers.latencyMsByRendition ?? {});
      await until(async () => (await reported()).length > 0, 20_000, box.output);
    },
  );
}

test('kill -9 of capture, then of media: the picture comes back without a reload', async ({
  box,
}) => {
  await using browser = await chromium.open();
  const page = await browser.open(`${box.url}/`);
  await waitInPage(page, `${TIME} > 0`);
  await page.evaluate('globalThis.loadedOnce = true');
  for (const child of ['capture', 'media'] as const) {
    await page.waitForTimeout(2_000);
    process.kill(box.childPid(child) ?? 0, 'SIGKILL');
    await page.waitForTimeout(1_000);
    const before = (await page.evaluate(TIME)) as number;
    await waitInPage(page, `${TIME} > ${before + 1}`);
    await seeFrames(page, { shown: 10, read: 1 });
  }
  assert.is(await page.evaluate('globalThis.loadedOnce'), true);
});

test('after the drop guests read that it is over, and the next drop plays without a reload', async ({
  box,
}) => {
  await using browser = await chromium.open({ width: 360, height: 640 });
  const page = await browser.open(`${box.url}/`);
  await waitInPage(page, `${TIME} > 0`);
  await page.evaluate('globalThis.loadedOnce = true');
  await ask(box, 'cmd', 'end');
  const isPoster = '!document.body.classList.contains("playing")';
  await waitInPage(page, `${isPoster} && /That was it/.test(document.body.innerText)`);
  await ask(box, 'cmd', 'go-live', 'force=true');
  await waitInPage(page, `!(${isPoster}) && !/That was it|Waiting/.test(document.body.innerText)`);
  await seeFrames(page, { shown: 10, read: 1 });
  assert.is(await page.evaluate('globalThis.loadedOnce'), true);
});

alone('before the drop the page shows its title and counts down, at a phone’s width', async () => {
  const fifo = join(mkdtempSync(join(tmpdir(), 'venuebox-')), 'frames');
  execFileSync('mkfifo', [fifo]);
  const startsAt = new Date(Date.now() + 3_700_000).toISOString();
  await using box = await startBox([
    'drop.title=Record Shop Live',
    `drop.starts_at="${startsAt}"`,
    // No data is written yet: the drop has not begun.
    'camera.driver=custom',
    `camera.launch=filesrc location=${fifo} ! rawvideoparse width=320 height=180 format=i420 framerate=30/1`,
  ]);
  await until(async () => (await fetch(`${box.url}/`)).ok, 15_000, box.output);
  await using browser = await chromium.open({ width: 360, height: 640 });
  const page = await browser.open(`${box.url}/`);
  await waitInPage(page, '/Starts in 1:0/.test(document.body.innerText)');
  assert.is(await page.locator('h1').textContent(), 'Record Shop Live');
  assert.is(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  await savePicture(page, 'poster');
});

test.run();
alone.run();
