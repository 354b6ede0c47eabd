/** The guests' page by WebRTC, in a real browser, against a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox, until } from '../../support/box.ts';
import { openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { freeUdpPort } from '../../support/free-port.ts';

const test = suite('page by WebRTC in Chromium');

const FIGURES = 'globalThis.venuebox()';
const TIME = 'document.querySelector("video").currentTime';

test('a box that offers it is played by WebRTC; when its process dies the page goes on with parts', async () => {
  await using box = await startBox([`viewers.whep.port=${await freeUdpPort()}`]);
  await box.ready();
  await until(() => box.childPid('whep') !== undefined, 20_000);
  await using browser = await openChromium();
  const page = await browser.open(`${box.url}/`);
  // While the process starts the page plays parts; it tries again by itself, or when it is opened again.
  await until(async () => {
    await page.reload();
    await waitInPage(page, `${FIGURES}.player !== undefined`);
    return (await page.evaluate(`${FIGURES}.player`)) === 'whep';
  }, 60_000);
  const latenciesMs = await seeFrames(page, { shown: 60, read: 6 });
  assert.ok(latenciesMs.every((ms) => ms < 30_000));
  await waitInPage(page, `${FIGURES}.latencyMs >= 0`);
  const state = () => box.state<{ media: { viewers: { byPlayer: Record<string, number> } } }>();
  await until(async () => ((await state()).media.viewers.byPlayer['whep'] ?? 0) >= 1, 20_000);

  process.kill(box.childPid('whep') ?? 0, 'SIGKILL');
  await waitInPage(page, `${FIGURES}.player === 'venuebox'`);
  const before = (await page.evaluate(TIME)) as number;
  await waitInPage(page, `${TIME} > ${before} + 1 && !document.querySelector("video").paused`);
  await seeFrames(page, { shown: 30, read: 3 });
});

test.run();
