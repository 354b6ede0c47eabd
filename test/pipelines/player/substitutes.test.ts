/** The guests' page while the box suspends a rendition: in a real browser, against a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { startBox, until } from '../../support/box.ts';
import { openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { sendPanelAction } from '../../support/operator.ts';

const test = suite('page in Chromium while a rendition is suspended');

const TIME = 'document.querySelector("video").currentTime';
const WIDTH = 'document.querySelector("video").videoWidth';
const PATIENCE_MS = 60_000;
const ONE_PROFILE = 'profiles={laptop: [mid]}';

test('our player and hls.js: the picture goes on, smaller, and is large again when the mains are back', async () => {
  await using box = await startBox([ONE_PROFILE]);
  await box.ready();
  // A page in the background of a browser is throttled: each has a browser.
  await using ours = await openChromium();
  await using other = await openChromium();
  const open = (browser: typeof ours, player: string) =>
    browser.open(`${box.url}/?profile=laptop&player=${player}`);
  const pages = await Promise.all([open(ours, 'venuebox'), open(other, 'hls')]);
  const inEach = (check: (page: (typeof pages)[number]) => Promise<unknown>) =>
    Promise.all(pages.map(check));

  await inEach((page) => waitInPage(page, `${TIME} > 2 && ${WIDTH} === 320`));
  await inEach((page) => page.evaluate(`globalThis.loadedOnce = true`));
  await sendPanelAction(box.operatorUrl, { do: 'mains', isOn: false });
  await sendPanelAction(box.operatorUrl, { do: 'charge', pct: 30 });
  await inEach((page) => waitInPage(page, `${WIDTH} === 160`));
  await inEach((page) => seeFrames(page, { shown: 10, read: 1 }));
  const suspended = async () => (await box.state<BoxSnapshot>()).media?.suspended ?? [];
  await until(async () => (await suspended()).includes('mid'), PATIENCE_MS, box.output);
  await inEach(async (page) => {
    const before = (await page.evaluate(TIME)) as number;
    await waitInPage(page, `${TIME} > ${before + 3}`);
  });
  await sendPanelAction(box.operatorUrl, { do: 'mains', isOn: true });
  await inEach((page) => waitInPage(page, `${WIDTH} === 320`));
  await inEach((page) => seeFrames(page, { shown: 10, read: 1 }));
  assert.equal(await inEach((page) => page.evaluate('globalThis.loadedOnce')), [true, true]);
});

test.run();
