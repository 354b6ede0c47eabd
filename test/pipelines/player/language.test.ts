/** The language that a guest chooses, over all pages: in a real browser. */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fr } from '../../../pipelines/player/text/fr.ts';
import { SCENES, type Scene, serveScene } from '../../support/browser/guest-scenes.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';

const test = suite('language of the guests’ pages');
const chromium = shareChromium();
test.after(() => chromium.close());

const LANG = 'document.documentElement.lang';
const TEXT = (id: string) => `document.getElementById('${id}').textContent`;
const HAS_CLIPS = '!!document.querySelector("#clip-list a")';

/** As the box has rendered it, before its script ran. */
async function renderedAt(page: Page): Promise<string> {
  const response = await page.request.get(page.url());
  return (await response.text()).match(/<html lang="(\w+)">/)?.[1] ?? '';
}

test('the switch holds for the replay, for clips and for the way back, and for who comes again', async () => {
  using served = await serveScene(SCENES['ended'] as Scene);
  await using browser = await chromium.open();
  const page = await browser.open(served.url);
  await waitInPage(page, HAS_CLIPS);
  const href = 'document.querySelector("#clip-list a").href';
  assert.not.match(String(await page.evaluate(href)), 'lang', 'nothing is chosen');
  await page.selectOption('#language', 'fr');
  await waitInPage(page, `${TEXT('replay')} === '${fr.watchReplay}'`);
  assert.match(String(await page.evaluate(href)), /clip\/AAAAAAAAAAA\?lang=fr$/);
  assert.not.match(String(await page.evaluate('document.getElementById("link").href')), 'lang');

  await page.click('#replay');
  await waitInPage(page, `location.pathname === '/replay/' && ${HAS_CLIPS}`);
  assert.equal([await page.evaluate(LANG), await renderedAt(page)], ['fr', 'fr']);
  await page.click('#clip-list a');
  await waitInPage(page, `/clip/.test(location.pathname) && ${HAS_CLIPS}`);
  assert.is(await renderedAt(page), 'fr');
  await page.click('#to-live');
  await waitInPage(page, `location.pathname === '/' && ${HAS_CLIPS}`);
  assert.is(await renderedAt(page), 'fr');

  await page.goto(served.url);
  await waitInPage(page, `${TEXT('replay')} === '${fr.watchReplay}'`);
  assert.is(await page.evaluate('document.getElementById("language").value'), 'fr');
  assert.equal(await browser.context.cookies(), [], 'no request carries it');
});

test.run();
