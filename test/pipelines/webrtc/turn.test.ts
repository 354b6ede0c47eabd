/** A guest, and a phone as the camera, that reach the box by a real TURN server only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPage, says } from '../../daemon/web/support/page.ts';
import { startBox } from '../../support/box.ts';
import { openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { openTurnNetwork, whyNoTurnNetwork } from '../../support/network/turn-network.ts';

const test = suite('TURN');

const LONG_MS = 180_000;
const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

const why = whyNoTurnNetwork();
if (why !== undefined) {
  console.log(`SKIPPED 2: ${why}`);
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
    const page = await browser.context.newPage();
    const url = `http://${network.boxAddress}:${new URL(box.url).port}/?player=whep`;
    for (let tries = 0; ; tries += 1) {
      try {
        await page.goto(url, { waitUntil: 'commit' });
        break;
      } catch (error) {
        // It is still starting.
        if (tries > 600) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    await waitInPage(page, "globalThis.venuebox?.().player === 'whep'", LONG_MS);
    await seeFrames(page, { shown: 60, read: 6 }, LONG_MS);
    assert.is(await page.evaluate('globalThis.venuebox().player'), 'whep');
    assert.match(network.log(), /ALLOCATE processed, success/);
  });

  test('a phone that reaches the box by TURN only is its camera', async () => {
    await using network = await openTurnNetwork();
    const settings = [
      ...['operator.host=0.0.0.0', 'camera.driver=whip', 'camera.port=8190'],
      ...['sound.driver=camera', `viewers.whep.turn_password_file=${network.secretFile}`],
      `viewers.whep.ice_servers=[${JSON.stringify(network.iceServer)}]`,
    ];
    await using box = await startBox(settings, ['demo'], network.inBox);
    const url = `http://${network.boxAddress}:${new URL(box.operatorUrl).port}`;
    const flags = [...DEVICES, `--unsafely-treat-insecure-origin-as-secure=${url}`];
    await using browser = await openChromium(undefined, network.chromium, flags);
    const page = await openPage(browser, url);
    await waitInPage(page, "document.querySelector('#phone-camera')?.hidden === false", LONG_MS);
    await page.locator('#phone-camera button', { hasText: 'Use this device' }).click();
    await waitInPage(page, says('#phone-camera', 'This device is the camera'), LONG_MS);
    const seen = /"camera publishing"|publisher connected/;
    for (let tries = 0; !seen.test(box.output()); tries += 1) {
      if (tries > 600) throw new Error(box.output().slice(-4_000));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
}

test.run();
