/** A guest's page while the box rests a rendition: in a real browser, against a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { startBox, until } from '../../support/box.ts';
import { openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { sendPanelAction } from '../../support/operator.ts';

const test = suite('page in Chromium while a rendition rests');

const TIME = 'document.querySelector("video").currentTime';
const WIDTH = 'document.querySelector("video").videoWidth';
const PATIENCE_MS = 60_000;
const ONE_PROFILE = 'profiles={laptop: [mid]}';

for (const player of ['venuebox', 'hls'] as const) {
  test(`${player}: the picture goes on, smaller, and is large again when the mains are back`, async () => {
    await using box = await startBox([ONE_PROFILE]);
    await box.ready();
    await using browser = await openChromium();
    const page = await browser.open(`${box.url}/?profile=laptop&player=${player}`);
    await waitInPage(page, `${TIME} > 2 && ${WIDTH} === 640`);
    await page.evaluate(`globalThis.loadedOnce = true`);
    await sendPanelAction(box.operatorUrl, { do: 'mains', isOn: false });
    await sendPanelAction(box.operatorUrl, { do: 'charge', pct: 30 });
    await waitInPage(page, `${WIDTH} === 320`);
    await seeFrames(page, { shown: 30, read: 1 });
    const resting = async () => (await box.state<BoxSnapshot>()).media?.suspended ?? [];
    await until(async () => (await resting()).includes('mid'), PATIENCE_MS, box.output);
    const before = (await page.evaluate(TIME)) as number;
    await waitInPage(page, `${TIME} > ${before + 3}`);
    await sendPanelAction(box.operatorUrl, { do: 'mains', isOn: true });
    await waitInPage(page, `${WIDTH} === 640`);
    await seeFrames(page, { shown: 30, read: 1 });
    assert.is(await page.evaluate('globalThis.loadedOnce'), true);
  });
}

test.run();
