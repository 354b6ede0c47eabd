/** What the box pushes, and WebRTC, in Firefox. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox } from '../../support/box.ts';
import { hasFirefox, openFirefox } from '../../support/browser/firefox.ts';
import { waitInPage } from '../../support/chromium.ts';
import { freeUdpPort } from '../../support/free-port.ts';

const test = suite('page in Firefox by hand');

const FIGURES = 'globalThis.venuebox?.()';
const TIME = 'document.querySelector("video").currentTime';
const WITHIN_MS = 120_000;

if (!hasFirefox()) console.log('SKIPPED 1: firefox-esr is missing');
else {
  test('it plays parts and frames as they are pushed; without H.264 in its WebRTC it goes on with parts', async () => {
    await using box = await startBox([`viewers.whep.port=${await freeUdpPort()}`]);
    await box.ready();
    await using browser = await openFirefox();
    const moves = async () => {
      const before = (await browser.evaluate(TIME)) as number;
      await waitInPage(browser, `${TIME} > ${before + 0.5}`, WITHIN_MS);
    };
    for (const way of ['push', 'frames']) {
      await browser.open(`${box.url}/?player=${way}`);
      await waitInPage(browser, `${FIGURES}.way === ${JSON.stringify(way)}`, WITHIN_MS);
      await moves();
    }
    await browser.open(`${box.url}/?player=whep`);
    await waitInPage(browser, `['whep', 'venuebox'].includes(${FIGURES}.player)`, WITHIN_MS);
    await moves();
    const player = (await browser.evaluate(`${FIGURES}.player`)) as string;
    // Its WebRTC has H.264 by a plug-in that it loads from the internet.
    assert.ok(['whep', 'venuebox'].includes(player), player);
  });
}

test.run();
