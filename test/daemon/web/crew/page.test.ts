/** The crew's page in a real browser: what stays in sight, files, the code for the counter. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Alert } from '../../../../daemon/model/snapshot.ts';
import { axeFaults } from '../../../support/browser/axe.ts';
import { savePicture } from '../../../support/browser/picture.ts';
import { shareChromium, waitInPage } from '../../../support/chromium.ts';
import { startFakeBox } from '../support/fake-box.ts';
import { has, openPage, saveScreenshot, says } from '../support/page.ts';

const test = suite('operator page: crew');
const chromium = shareChromium();
test.after(() => chromium.close());
const SIZES = [
  { width: 360, height: 740 },
  { width: 740, height: 360 },
  { width: 1440, height: 900 },
] as const;
const KEYS = ['sim-1-pin-missing', 'printer-paper-out', 'broker-away', 'links-down', 'disk-a-low'];

const alerts: readonly Alert[] = Array.from({ length: 10 }, (_, i) => ({
  key: `${KEYS[i % KEYS.length]}${i < KEYS.length ? '' : `-${i}`}`,
  severity: i < 3 ? 'critical' : 'warning',
  sinceMs: Date.now() - 60_000 * i,
  text: `Something that is wrong, number ${i}`,
  advice: 'Do what it says here, and look again after a minute.',
}));

/** Completely within what the screen shows, without scrolling. */
const isInSight = (selector: string) => `(() => {
  const found = document.querySelector(${JSON.stringify(selector)});
  if (found === null) return false;
  const { top, bottom, left, right, width } = found.getBoundingClientRect();
  return width > 0 && top >= 0 && left >= 0 && bottom <= innerHeight + 1 && right <= innerWidth + 1;
})()`;

test('with ten alerts the state, its time and the next command are in sight on every screen', async () => {
  await using box = await startFakeBox();
  box.set({ warnings: alerts, drop: { phase: 'live', sinceMs: Date.now() - 754_000 } });
  mkdirSync(join(box.folder, 'clips', 'clips'), { recursive: true });
  writeFileSync(join(box.folder, 'clips', 'clips', 'clip-AAAAAAAAAA1.mp4'), 'clip');
  await using browser = await chromium.open(SIZES[0]);
  const page = await openPage(browser, box.url);
  await waitInPage(page, has('#clips .files a'));
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const place of ['document.body.scrollHeight', '0']) {
      await page.evaluate(`scrollTo(0, ${place})`);
      for (const selector of ['#phase', '#timer', '[data-verb="mark"]', '[data-verb="end"]']) {
        await waitInPage(page, isInSight(selector));
      }
    }
    assert.equal(await axeFaults(page), [], `${size.width}x${size.height}`);
    await savePicture(page, `operator-crew-${size.width}`);
    await saveScreenshot(page, `crew-all-${size.width}`);
  }
  await page.click('#alerts li:first-child button');
  await waitInPage(page, has('#settings details[open] [data-path="modems.pin_files"]'));
  assert.equal(page.faults, []);
});

test('the code for the counter fills the screen, with the address that guests open now', async () => {
  await using box = await startFakeBox();
  box.set({ playerUrl: 'http://10.0.0.5:8080/', operatorUrl: 'http://10.0.0.5:8081/' });
  await using browser = await chromium.open(SIZES[0]);
  const page = await openPage(browser, box.url);
  await waitInPage(page, says('#addresses', 'http://10.0.0.5:8081/'));
  await page.click('#addresses button');
  await waitInPage(page, says('dialog', 'http://10.0.0.5:8080/'));
  assert.equal(await axeFaults(page), []);
  await savePicture(page, 'operator-crew-code');
  box.set({ playerUrl: 'http://192.168.7.9:8080/' });
  await waitInPage(page, says('dialog', 'http://192.168.7.9:8080/'));
  await waitInPage(page, has('dialog .qr[aria-label="http://192.168.7.9:8080/"]'));
  await page.keyboard.press('Escape');
  await waitInPage(page, says('#addresses', 'http://192.168.7.9:8080/'));
});

test.run();
