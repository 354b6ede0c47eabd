/** The operator's page for people with a disability: axe finds nothing, in any of its states. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axeFaults } from '../../support/browser/axe.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { startFakeBox } from './support/fake-box.ts';
import { has, openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('operator page, accessible');

const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1440, height: 900 };

test('axe finds nothing at the sign-in, while idle, with checks shown, and on air, light and dark', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium(PHONE);
  const stranger = await browser.open(box.url);
  await waitInPage(stranger, has('input'));
  assert.equal(await axeFaults(stranger), [], 'sign-in');
  await stranger.close();
  const page = await openPage(browser, box.url);
  const look = async (state: string) => {
    for (const [size, colorScheme] of [
      [PHONE, 'light'],
      [LAPTOP, 'dark'],
    ] as const) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      assert.equal(await axeFaults(page), [], `${state}, ${colorScheme}`);
    }
    await saveScreenshot(page, `accessible-${state}`);
  };
  await look('idle');
  await page.click('[data-verb="preflight"]');
  await waitInPage(page, has('.checks li'));
  await look('checks');
  await page.click('[data-verb="arm"]');
  await waitInPage(page, says('#phase', 'Armed'));
  await look('armed');
});

test.run();
