/** A guest who reaches the box by a real TURN server only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox, until } from '../../support/box.ts';
import { type Browser, openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { openTurnNetwork, whyNoTurnNetwork } from '../../support/network/turn-network.ts';

const test = suite('TURN');

const LONG_MS = 300_000;

/** From where the guest is, who has no other way to see whether the box has started. */
async function untilServed(browser: Browser, url: string): Promise<void> {
  const page = await browser.context.newPage();
  await until(async () => (await page.goto(url, { waitUntil: 'commit' })) !== null, LONG_MS);
  await page.close();
}

const why = whyNoTurnNetwork();
if (why !== undefined) {
  console.log(`SKIPPED 1: ${why}`);
} else {
  test('a guest who reaches the box by TURN only sees the picture by WebRTC', async () => {
    await using network = await openTurnNetwork();
    const settings = [
      ...['viewers.host=0.0.0.0', 'viewers.whep.port=8189'],
      `viewers.whep.ice_servers=[${JSON.stringify(network.iceServer)}]`,
      `viewers.whep.turn_password_file=${network.secretFile}`,
    ];
    await using box = await startBox(settings, ['demo'], network.inBox);
    await using browser = await openChromium(undefined, network.chromium);
    const url = `http://${network.boxAddress}:${new URL(box.url).port}/?player=whep`;
    await untilServed(browser, url);
    const page = await browser.open(url);
    await waitInPage(page, "globalThis.venuebox?.().player === 'whep'", LONG_MS);
    await seeFrames(page, { shown: 20, read: 6 }, LONG_MS);
    assert.is(await page.evaluate('globalThis.venuebox().player'), 'whep');
    assert.match(network.log(), /ALLOCATE processed, success/);
  });
}

test.run();
