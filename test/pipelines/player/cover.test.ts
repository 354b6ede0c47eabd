/** What the cover says before there is a picture: in a real browser, against the pages alone. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Reply, refuse } from '../../../pipelines/http/reply.ts';
import { NO_PROGRESS } from '../../../pipelines/player/drop-json.ts';
import { renderNotice, type View } from '../../../pipelines/player/notice.ts';
import { openPages } from '../../../pipelines/player/pages.ts';
import { en } from '../../../pipelines/player/text/en.ts';
import { until } from '../../support/box.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';

const test = suite('cover of the page');
const chromium = shareChromium();
test.after(() => chromium.close());

interface Stand extends AsyncDisposable {
  readonly url: string;
  /** Whether it shows the drop. */
  isAway: boolean;
  isOver: boolean;
  clips: readonly string[];
  /** Addresses that were asked for. */
  readonly asked: Set<string>;
}

const PREVIEW = 'clips/preview-abcdefghijk.mp4';

/** The pages of a box that has no stream yet. */
async function openStand(startsAt: string, boxAheadMs = 0): Promise<Stand> {
  const progress = () => ({
    ...NO_PROGRESS,
    isOver: stand.isOver,
    clips: stand.clips.map((id, i) => ({ id, number: i + 1, posters: [] })),
    preview: PREVIEW,
    ...(boxAheadMs !== 0 && { isClockFree: true }),
  });
  const boxMs = () => Date.now() + boxAheadMs;
  const pages = openPages({ title: 'Record Shop Live', startsAt }, progress, undefined, boxMs);
  const answer = (path: string): Reply => {
    stand.asked.add(path);
    if (path === '/drop.json' && stand.isAway) return refuse(503, 'away');
    const request = { path, query: new URLSearchParams(), header: () => undefined };
    return pages.answer(request) ?? refuse(503, 'the stream has not started yet');
  };
  const server = createServer(({ url = '/' }, response) => {
    const { status, headers, body } = answer(new URL(url, 'http://box').pathname);
    response.writeHead(status, [...headers]).end(Buffer.concat(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stand: Stand = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    isAway: false,
    isOver: false,
    clips: [],
    asked: new Set(),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return stand;
}

/** Notes each text that the poster shows, and each change that a screen reader speaks. */
const NOTE = `(() => {
  globalThis.shown = []; globalThis.spoken = [];
  const regions = '[aria-live], [role=status], [role=alert], [role=log], output';
  const isLive = (element) => (element.getAttribute('aria-live') ?? 'polite') !== 'off';
  new MutationObserver((changes) => {
    const text = document.querySelector('#cover')?.textContent.replace(/\\s+/g, ' ').trim() ?? '';
    if (text !== shown.at(-1)) shown.push(text);
    for (const { target, addedNodes } of changes) {
      const region = (target.closest ? target : target.parentElement)?.closest(regions);
      if (region && isLive(region) && addedNodes.length > 0 && region.textContent.trim() !== '')
        spoken.push(region.textContent);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
  globalThis.refused = 0;
  const ask = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const answer = await ask(...args);
    if (!answer.ok) refused += 1;
    return answer;
  };
})()`;

async function openNoted(context: BrowserContext, url: string) {
  const page = await context.newPage();
  await page.addInitScript(NOTE);
  await page.goto(url, { waitUntil: 'commit' });
  const read = async (name: 'shown' | 'spoken') => (await page.evaluate(name)) as string[];
  return { page, shown: () => read('shown'), spoken: () => read('spoken') };
}

const DROP = { startsAt: '', isOver: false };
const VIEW: View = {
  isPlaying: false,
  needsTap: false,
  hasPlayed: false,
  hasEnded: false,
  drop: DROP,
  isUnreachable: false,
};

test('a countdown has hours only where there are some, and the message follows it', () => {
  const at = (leftMs: number) => {
    const startsAt = new Date(1e12 + leftMs).toISOString();
    return renderNotice({ ...VIEW, drop: { ...DROP, startsAt } }, en, 1e12);
  };
  assert.is(at(3_700_000).countdown, 'Starts in 1:01:40');
  assert.is(at(59_001).countdown, 'Starts in 01:00');
  assert.equal(at(1), { state: 'before', message: '', countdown: 'Starts in 00:01' });
  assert.equal(at(0), { state: 'waiting', message: en.waiting, countdown: '' });
  assert.is(renderNotice(VIEW, en, 1e12).message, en.waiting);
});

test('a browser that wants a tap gets its button, but not before a picture or after the end', () => {
  const tap = { ...VIEW, needsTap: true };
  assert.equal(renderNotice(tap, en, 1e12), { state: 'tap', message: en.liveNow, countdown: '' });
  assert.is(renderNotice({ ...tap, isPlaying: true }, en, 1e12).state, 'live');
  assert.is(renderNotice({ ...tap, hasEnded: true }, en, 1e12).state, 'ended');
  const startsAt = new Date(1e12 + 60_000).toISOString();
  const early = { ...tap, drop: { ...DROP, startsAt } };
  assert.is(renderNotice(early, en, 1e12).state, 'tap', 'there is a picture before its time');
});

test('after the end, and after the first picture, no countdown is shown', () => {
  const startsAt = new Date(1e12 + 60_000).toISOString();
  const over = { ...VIEW, drop: { ...DROP, startsAt, isOver: true } };
  assert.equal(renderNotice(over, en, 1e12), { state: 'ended', message: en.over, countdown: '' });
  const played = { ...VIEW, hasPlayed: true, drop: { ...DROP, startsAt } };
  assert.is(renderNotice(played, en, 1e12).countdown, '');
});

test('during the countdown nothing else is shown, and seconds are not read aloud', async () => {
  await using stand = await openStand(new Date(Date.now() + 3_700_000).toISOString());
  await using browser = await chromium.open();
  const { page, shown, spoken } = await openNoted(browser.context, stand.url);
  await waitInPage(
    page,
    'shown.filter((text) => /Starts in/.test(text)).length > 3 && refused > 2',
  );
  const others = (await shown()).filter((text) => text !== '' && !/Starts in 1:0/.test(text));
  assert.equal(
    others.filter((text) => /waiting|thank/i.test(text)),
    [],
  );
  assert.equal(await spoken(), []);
});

test('a box whose clock was not set does not count down by it: the phone’s own is better', async () => {
  const startsAt = new Date(Date.now() + 3_700_000).toISOString();
  await using stand = await openStand(startsAt, -30 * 86_400_000);
  await using browser = await chromium.open();
  const { page, shown } = await openNoted(browser.context, stand.url);
  await waitInPage(page, 'shown.some((text) => /Starts in/.test(text))');
  assert.match((await shown()).find((text) => /Starts in/.test(text)) ?? '', 'Starts in 1:0');
});

test('after the countdown, or without one, a page without a picture says once that it is waiting', async () => {
  for (const startsAt of [new Date(Date.now() + 4_000).toISOString(), '']) {
    await using stand = await openStand(startsAt);
    await using browser = await chromium.open();
    const { page, spoken } = await openNoted(browser.context, stand.url);
    await waitInPage(page, 'spoken.length > 0');
    await waitInPage(page, `refused > ${await page.evaluate('refused + 2')}`);
    assert.equal(await spoken(), ['Waiting for the picture…']);
  }
});

test('a guest who comes after the drop, or stays, reads that it is over, and waits for the next one', async () => {
  await using stand = await openStand('');
  await using browser = await chromium.open();
  const { page, spoken } = await openNoted(browser.context, stand.url);
  await waitInPage(page, 'spoken.length > 0');
  stand.isOver = true;
  await waitInPage(page, '/Thank you/.test(document.body.innerText)');
  stand.isOver = false;
  await waitInPage(page, '/Waiting for the picture/.test(document.body.innerText)');
  assert.equal(await spoken(), [
    'Waiting for the picture…',
    'That was it. Thank you for being here.',
    'Waiting for the picture…',
  ]);
});

test('before a drop the last seconds of the one before play, unless the guest wants no movement', async () => {
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    await using stand = await openStand(new Date(Date.now() + 3_700_000).toISOString());
    await using browser = await chromium.open();
    const page = await browser.open('about:blank');
    await page.emulateMedia({ reducedMotion });
    await page.goto(stand.url, { waitUntil: 'commit' });
    await waitInPage(page, '/Starts in 1:0/.test(document.body.innerText)');
    if (reducedMotion === 'reduce') assert.not(stand.asked.has(`/${PREVIEW}`));
    else await until(() => stand.asked.has(`/${PREVIEW}`), 60_000);
  }
});

test('a page that cannot reach the box says so once, and counts down when it can', async () => {
  await using stand = await openStand(new Date(Date.now() + 3_700_000).toISOString());
  stand.isAway = true;
  await using browser = await chromium.open();
  const { page, spoken } = await openNoted(browser.context, stand.url);
  await waitInPage(page, 'refused > 5');
  stand.isAway = false;
  await waitInPage(page, '/Starts in 1:0/.test(document.body.innerText)');
  assert.is(await page.title(), 'Record Shop Live');
  assert.equal(await spoken(), ['Connecting…']);
});

test('by plain HTTP, where browsers neither share nor have a clipboard, the link is copied all the same', async () => {
  await using stand = await openStand('');
  await using browser = await chromium.open();
  const { page, spoken } = await openNoted(browser.context, stand.url);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog.dismiss();
  });
  await page.evaluate(`for (const name of ['share', 'clipboard'])
    Object.defineProperty(navigator, name, { configurable: true, value: undefined });`);
  await page.click('#share');
  await waitInPage(page, "spoken.includes('Link copied')");
  assert.equal([asked, (await spoken()).at(-1)], [[], 'Link copied']);
  await page.evaluate("document.body.append(document.createElement('textarea'))");
  await page.focus('textarea');
  await page.keyboard.press('Control+V');
  assert.is(await page.inputValue('textarea'), stand.url);
});

test.run();
