/** A guest, and a phone as the camera, that reach the box by a real TURN server only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPage, says } from '../../daemon/web/support/page.ts';
import { startBox, until } from '../../support/box.ts';
import { type Browser, openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';
import { openTurnNetwork, whyNoTurnNetwork } from '../../support/network/turn-network.ts';

const test = suite('TURN');

const LONG_MS = 300_000;
const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** From where the guest is, who has no other way to see whether the box has started. */
async function untilServed(browser: Browser, url: string): Promise<void> {
  const page = await browser.context.newPage();
  await until(async () => (await page.goto(url, { waitUntil: 'commit' })) !== null, LONG_MS);
  await page.close();
}

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
    const url = `http://${network.boxAddress}:${new URL(box.url).port}/?player=whep`;
    await untilServed(browser, url);
    const page = await browser.open(url);
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
    await untilServed(browser, url);
    const page = await openPage(browser, url);
    await waitInPage(page, "document.querySelector('#phone-camera')?.hidden === false", LONG_MS);
    await page.locator('#phone-camera button', { hasText: 'Use this device' }).click();
    await waitInPage(page, says('#phone-camera', 'This device is the camera'), LONG_MS);
    await until(() => box.output().includes('publisher connected'), LONG_MS, box.output);
    assert.match(network.log(), /ALLOCATE processed, success/);
  });
}

test.run();
