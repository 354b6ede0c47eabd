/** A guest's phone: one of three browsers, with a page in it that can be put to sleep. */
import { childrenOf, commandOf } from '../../box.ts';
import { openChromium } from '../../chromium.ts';
import { openFirefox } from '../firefox.ts';
import type { OtherBrowser } from '../other-browser.ts';
import { openWebKit } from '../webkit.ts';

/** Processes in which pages run. */
const OF_PAGES = /--type=renderer|-contentproc.*\btab$|WebKitWebProcess/;

export const PHONES = {
  Chromium: openChromiumPhone,
  Firefox: openFirefox,
  WebKitGTK: openWebKit,
} as const;

async function openChromiumPhone(): Promise<OtherBrowser> {
  const browser = await openChromium({ width: 360, height: 740 });
  const page = await browser.context.newPage();
  return {
    open: async (url) => {
      await page.goto(url, { waitUntil: 'commit' });
    },
    evaluate: (expression) => page.evaluate(expression),
    [Symbol.asyncDispose]: browser[Symbol.asyncDispose],
  };
}

/**
 * As when the screen is locked: the page is hidden and paused, then its processes stand still.
 * Only one such browser may run in this process.
 */
export async function lock(phone: OtherBrowser, forMs: number): Promise<void> {
  await phone.evaluate(hidden(true));
  const asleep = descendantsOf(process.pid).filter((pid) => OF_PAGES.test(commandOf(pid).trim()));
  if (asleep.length === 0) throw new Error('no process of a page was found');
  for (const pid of asleep) process.kill(pid, 'SIGSTOP');
  try {
    await new Promise((resolve) => setTimeout(resolve, forMs));
  } finally {
    for (const pid of asleep) process.kill(pid, 'SIGCONT');
  }
  await phone.evaluate(hidden(false));
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
