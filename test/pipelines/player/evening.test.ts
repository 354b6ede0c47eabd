/**
 * A guest's evening against a real box, in three browsers at once: the countdown, live, a dead
 * network, a locked phone, a clip, the end, the replay, the next drop; in Chromium also a heart,
 * pause and rewind. `npm run evening` is the same at its full length.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import * as guest from '../../support/browser/evening/course.ts';
import { openChromiumPhone } from '../../support/browser/evening/phone.ts';
import { hasFirefox, openFirefox } from '../../support/browser/firefox.ts';
import { unlessItHangs } from '../../support/browser/hang.ts';
import { openWebKit, webKitBinary } from '../../support/browser/webkit.ts';
import { waitInPage } from '../../support/chromium.ts';
import { openDeadLine } from '../../support/network/dead-line.ts';

const test = suite("a guest's evening");

const TEXT_OF = (selector: string) => `document.querySelector('${selector}')?.textContent`;
const TIME = 'document.getElementById("video").currentTime';
const LONG_MS = 120_000;

async function tapsAHeart(page: Page, box: Box): Promise<void> {
  await page.click('#heart');
  await waitInPage(page, `${TEXT_OF('#heart-count')} === '1'`, LONG_MS);
  const heartsOf = async () => (await box.state<BoxSnapshot>()).media?.viewers.heartsTotal;
  await until(async () => (await heartsOf()) === 1, LONG_MS);
}

async function pauses(page: Page): Promise<void> {
  await page.click('#pause');
  await page.waitForTimeout(1_000);
  const pausedS = Number(await page.evaluate(TIME));
  await page.waitForTimeout(1_000);
  assert.is(await page.evaluate(TIME), pausedS);
  await page.click('#live-again');
  await waitInPage(page, `${TIME} > ${pausedS + 2}`, LONG_MS);
}

/** Out of a pause, which is over then: live plays again. */
async function rewinds(page: Page): Promise<void> {
  await waitInPage(page, '!document.getElementById("rewinding").hidden', LONG_MS);
  await waitInPage(page, `document.getElementById('rewind').min <= -25`, LONG_MS);
  await page.click('#pause');
  await page.focus('#rewind');
  for (let i = 0; i < 2; i += 1) await page.keyboard.press('ArrowLeft');
  await waitInPage(page, `/^−00:[1-4]\\d$/.test(${TEXT_OF('#behind')})`, LONG_MS);
  const rewoundS = Number(await page.evaluate(TIME));
  await waitInPage(page, `${TIME} > ${rewoundS + 1}`, LONG_MS);
  assert.is(await page.evaluate('venuebox().player'), undefined, 'the live player waits');
  await page.click('#live-again');
  const isBack = `venuebox().player === 'venuebox' && ${TEXT_OF('#behind')} === ''`;
  await waitInPage(page, isBack, LONG_MS);
  await waitInPage(page, 'venuebox().latencyMs < 30000', LONG_MS);
  const liveS = Number(await page.evaluate(TIME));
  await waitInPage(page, `${TIME} > ${liveS + 1}`, LONG_MS);
}

/** In the replay, paused: it gets nowhere by playing on. */
async function goesToAChapter(page: Page): Promise<void> {
  await page.evaluate("document.getElementById('video').pause()");
  await page.focus('#scrub');
  const beforeS = Number(await page.evaluate(TIME));
  const key = beforeS > 6 ? 'ArrowLeft' : 'ArrowRight';
  await page.keyboard.press(key);
  await waitInPage(page, `Math.abs(${TIME} - ${beforeS}) >= 4`, LONG_MS);
  const chapter = 'document.querySelector("#chapter-list button")';
  const [minutes, seconds] = String(await page.evaluate(`${chapter}.children[0].textContent`))
    .split(':')
    .map(Number);
  const startS = Number(await page.evaluate(`(${chapter}.click(), ${TIME})`));
  const shownS = (minutes as number) * 60 + (seconds as number);
  assert.ok(Math.abs(startS - shownS - 0.5) < 0.6, `${startS} where the page says ${shownS}`);
  await waitInPage(page, `${TIME} > ${startS}`, LONG_MS);
}

/** Removed after the box has ended, which writes into it until then. */
function openFolder() {
  const path = mkdtempSync(join(tmpdir(), 'venuebox-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test('from the countdown to the next drop, on one page without a reload, and with a clip to share', () =>
  unlessItHangs(wholeEvening));

async function wholeEvening(): Promise<void> {
  using folder = openFolder();
  await using box = await startBox(guest.eveningSettings(folder.path), ['demo', '--idle']);
  await using line = await openDeadLine(box.url);
  const opened: { page?: Page } = {};
  await using chromium = await openChromiumPhone((page) => {
    opened.page = page;
  });
  const page = opened.page as Page;
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await using firefox = hasFirefox() ? await openFirefox() : undefined;
  await using webKit = webKitBinary() === undefined ? undefined : await openWebKit();
  const others = [firefox, webKit].flatMap((phone) => phone ?? []);
  if (others.length < 2) console.log(`SKIPPED ${2 - others.length}: browsers are missing`);
  const evening = { box, line, phones: [chromium, ...others], lostMs: 0, lockedMs: 3_000 };

  await guest.opensBeforeTheStart(evening);
  await guest.goesLiveWithoutAReload(evening);
  await guest.losesTheNetwork(evening);
  await guest.locksThePhone(evening);
  await guest.seesAClip(evening);
  await tapsAHeart(page, box);
  await pauses(page);
  await rewinds(page);
  // The others have played meanwhile.
  for (const phone of others) await guest.isLive(phone);
  await guest.seesTheEnd(evening);
  await guest.scrubsTheReplay(evening);
  await goesToAChapter(page);
  await guest.sharesAClip(evening);
  assert.is(await page.getAttribute('#to-live', 'href'), '../');
  await guest.comesBackForTheNextDrop(evening);
  assert.equal(errors, []);
}

test.run();
