/** Opens the operator's page in Chromium, reads it and takes screenshots. */
import type { Page } from 'playwright-core';
import { savePicture } from '../../../support/browser/picture.ts';
import { type Browser, waitInPage } from '../../../support/chromium.ts';
import { TEST_PIN } from '../../../support/operator.ts';

const text = (selector: string) => `document.querySelector('${selector}')?.innerText ?? ''`;
/** True in the page when an element's text holds the words. */
export const says = (selector: string, words: string) =>
  `(${text(selector)}).includes(${JSON.stringify(words)})`;
export const has = (selector: string) => `document.querySelector('${selector}') !== null`;

/** Opens the page and signs in. `faults` collects its errors. */
export async function openPage(
  browser: Browser,
  url: string,
): Promise<Page & { faults: string[] }> {
  const page = await browser.open(url);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security|Trusted/i.test(message.text())) faults.push(message.text());
  });
  await waitInPage(page, has('#pin'));
  await page.fill('#pin', TEST_PIN);
  await page.keyboard.press('Enter');
  await waitInPage(page, has('#links'));
  return Object.assign(page, { faults });
}

export async function saveScreenshot(page: Page, name: string): Promise<void> {
  await savePicture(page, `operator-${name}`, true);
}
