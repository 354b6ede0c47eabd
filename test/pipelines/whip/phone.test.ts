/** A phone's browser as the camera, by the operator's page of a real box. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { has, openPage, says } from '../../daemon/web/support/page.ts';
import { startBox, until } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { TEST_PIN } from '../../support/operator.ts';

const test = suite('a phone as the camera');

/** A moving picture and a beep in place of its camera and microphone. */
const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

test('by a button on the page its camera is on air, and is gone after another', async () => {
  const port = await freeUdpPort();
  await using box = await startBox([
    ...['camera.driver=whip', `camera.port=${port}`, 'sound.driver=camera'],
  ]);
  await until(async () => (await fetch(box.operatorUrl)).ok, 180_000, box.output);
  await using browser = await openChromium(undefined, undefined, DEVICES);
  const page = await openPage(browser, box.operatorUrl);
  const shown = "document.querySelector('#phone-camera')?.hidden === false";
  await waitInPage(page, shown);
  assert.ok(await page.evaluate(says('#phone-camera', `${box.operatorUrl}/whip`)));
  const button = (words: string, within = '#phone-camera') =>
    page.locator(`${within} button`, { hasText: words });
  await button('Use this device').click();
  await waitInPage(page, says('#phone-camera', 'This device is the camera'));
  const phase = async () => (await box.state<BoxSnapshot>()).sources?.camera.phase;
  await until(async () => (await phase()) === 'live', 120_000);

  // Another start of the box knows no sessions, and this one is forgotten as well.
  await page.context().clearCookies();
  await waitInPage(page, has('#pin'));
  await waitInPage(page, says('main', 'This device is the camera'));
  assert.ok(await button('Stop sending', 'main').isVisible(), 'that needs no PIN');
  assert.is(await phase(), 'live');
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, shown);
  assert.ok(await page.evaluate(says('#phone-camera', 'This device is the camera')));
  assert.is(await phase(), 'live');
  await button('Stop sending').click();
  await until(async () => (await phase()) !== 'live', 60_000);
  assert.ok(await page.evaluate(has('#phone-camera video')));
  assert.equal(page.faults, []);
});

test.run();
