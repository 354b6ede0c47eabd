/** Makes the README's two screenshots from a running demo: `npm run build && npm run screenshots`. */
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openPage, says } from '../../test/daemon/web/support/page.ts';
import { startDetailedBox } from '../../test/support/box.ts';
import { openChromium, waitInPage } from '../../test/support/chromium.ts';

const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1440, height: 900 };
/** The title fades out over the first pictures. */
const FADE_MS = 8_000;
/** For plots with more than a dot. */
const PLOT_MS = 60_000;

/** With a palette a page stays well below 150 KB. */
async function save(page: Page, name: string): Promise<void> {
  const file = new URL(name, import.meta.url).pathname;
  const { size } = await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, compressionLevel: 9 })
    .toFile(file);
  process.stdout.write(`${file} ${Math.round(size / 1000)} KB\n`);
}

const settings = ['box.name=venuebox', 'recording.targets=[{id: demo, folder: recordings}]'];
await using box = await startDetailedBox(
  settings,
  ['demo'],
  [],
  ['dist/daemon/main.js'],
  undefined,
  true,
);
await box.ready();
await using browser = await openChromium(PHONE);
const guests = await browser.open(box.url);
await waitInPage(guests, 'document.querySelector("video")?.readyState >= 3');
await guests.waitForTimeout(FADE_MS);
await save(guests, 'guests.png');
const operator = await openPage(browser, box.operatorUrl);
await operator.setViewportSize(LAPTOP);
await waitInPage(operator, says('#links', 'in use'));
await waitInPage(operator, says('#viewers', 'behind the stage'));
await operator.waitForTimeout(PLOT_MS);
await operator.mouse.move(0, 0);
await save(operator, 'operator.png');
