/** A guest's phone: one of three browsers, with a page in it that can be put to sleep. */
import type { Page } from 'playwright-core';
import { childrenOf, commandOf } from '../../box.ts';
import { openChromium } from '../../chromium.ts';
import { openFirefox } from '../firefox.ts';
import type { OtherBrowser } from '../other-browser.ts';
import { openWebKit } from '../webkit.ts';

/** Processes in which pages run. */
const OF_PAGES = /--type=renderer|-contentproc.*\btab$|WebKitWebProcess/;

export const PHONES = {
  Chromium: () => openChromiumPhone(),
  Firefox: openFirefox,
  WebKitGTK: openWebKit,
} as const;

/** @param onPage Gets the page, for what only Chromium's driver can do. */
export async function openChromiumPhone(
  onPage: (page: Page) => void = () => undefined,
): Promise<OtherBrowser> {
  const browser = await openChromium({ width: 360, height: 740 });
  const page = await browser.context.newPage();
  onPage(page);
  return {
    open: async (url) => {
      await page.goto(url, { waitUntil: 'commit' });
    },
    evaluate: (expression) => page.evaluate(expression),
    [Symbol.asyncDispose]: browser[Symbol.asyncDispose],
  };
}

/**
 * As when their screens are locked: each page is hidden and paused, then the pages' processes
 * stand still. These are all browsers that run in this process.
 */
export async function lock(phones: readonly OtherBrowser[], forMs: number): Promise<void> {
  for (const phone of phones) await phone.evaluate(hidden(true));
  const asleep = descendantsOf(process.pid).filter((pid) => OF_PAGES.test(commandOf(pid).trim()));
  if (asleep.length < phones.length) throw new Error('not all processes of the pages were found');
  for (const pid of asleep) process.kill(pid, 'SIGSTOP');
  try {
    await new Promise((resolve) => setTimeout(resolve, forMs));
  } finally {
    for (const pid of asleep) process.kill(pid, 'SIGCONT');
  }
  for (const phone of phones) await phone.evaluate(hidden(false));
}

const hidden = (isHidden: boolean) => `(() => {
  for (const [name, value] of Object.entries({ hidden: ${isHidden}, visibilityState: '${isHidden ? 'hidden' : 'visible'}' }))
    Object.defineProperty(document, name, { configurable: true, get: () => value });
  document.dispatchEvent(new Event('visibilitychange'));
  if (${isHidden}) document.getElementById('video').pause();
  return true;
})()`;

function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
