/** The operator's page in seven languages: which one is served, and what its texts hold. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openAssets } from '../../../daemon/web/assets.ts';
import { ADVICE_TEXTS } from '../../../daemon/web/page/text/advice/languages.ts';
import { BOX_TEXTS } from '../../../daemon/web/page/text/box/languages.ts';
import { CREW_TEXTS } from '../../../daemon/web/page/text/crew/languages.ts';
import { LABEL_TEXTS } from '../../../daemon/web/page/text/labels/languages.ts';
import { en as said } from '../../../daemon/web/page/text/messages/en.ts';
import { MESSAGE_TEXTS } from '../../../daemon/web/page/text/messages/languages.ts';
import { PLAN_TEXTS } from '../../../daemon/web/page/text/plans/languages.ts';
import { SETTINGS_TEXTS } from '../../../daemon/web/page/text/settings/languages.ts';
import { STAGE_TEXTS } from '../../../daemon/web/page/text/stage/languages.ts';
import { openTranslation, translate } from '../../../daemon/web/page/text/translation.ts';
import { fill } from '../../../pipelines/player/text/fill.ts';
import { LANGUAGES } from '../../../pipelines/player/text/language.ts';
import { DICTIONARIES as GUESTS_TEXTS } from '../../../pipelines/player/text/languages.ts';
import { until } from '../../support/box.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { startFakeBox } from './support/fake-box.ts';
import { openPage, saveScreenshot, says } from './support/page.ts';

const test = suite('languages of the operator’s page');

const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

test('each text has the same places for values in every language, and says something', () => {
  const ofPage = [STAGE_TEXTS, BOX_TEXTS, SETTINGS_TEXTS, LABEL_TEXTS, CREW_TEXTS, PLAN_TEXTS];
  for (const texts of [...ofPage, MESSAGE_TEXTS, ADVICE_TEXTS]) {
    const english: Readonly<Record<string, string>> = texts.en;
    for (const language of LANGUAGES) {
      for (const [key, text] of Object.entries(texts[language])) {
        const where = `${language} ${key}`;
        assert.equal(placesOf(text), placesOf(english[key] ?? ''), where);
        assert.ok(text.trim() === text && text !== '', where);
      }
    }
  }
});

test('words that go by a number follow one that the text has, and differ where one is', () => {
  const ofPage = [STAGE_TEXTS, BOX_TEXTS, SETTINGS_TEXTS, LABEL_TEXTS, CREW_TEXTS, PLAN_TEXTS];
  let found = 0;
  for (const texts of [...ofPage, MESSAGE_TEXTS, GUESTS_TEXTS]) {
    for (const language of LANGUAGES) {
      for (const [key, text] of Object.entries(texts[language])) {
        for (const [, name = '', words = ''] of text.matchAll(/\{(\w+):([^}]*)\}/g)) {
          const where = `${language} ${key}`;
          assert.ok(placesOf(text).includes(`{${name}}`), where);
          const of = (value: string) => fill(`{${name}:${words}}`, { [name]: value });
          assert.is.not(of('1'), of('2'), where);
          assert.match(words, of('0'), where);
          found += 1;
        }
      }
    }
  }
  assert.ok(found > 80, `${found}`);
});

test('of none, one and others each language says what it does', () => {
  const of = (language: 'en' | 'fr', count: string) =>
    fill(PLAN_TEXTS[language].viewersAtMost, { count });
  assert.equal(
    ['0', '1', '2', '1,000'].map((count) => of('en', count)),
    [...['0 viewers at most', '1 viewer at most', '2 viewers at most', '1,000 viewers at most']],
  );
  assert.equal(
    ['0', '1', '21'].map((count) => of('fr', count)),
    [...['0 spectateur au plus', '1 spectateur au plus', '21 spectateurs au plus']],
  );
  const say = openTranslation('fr');
  assert.is(say('1 passed, 1 warning, 2 failed'), '1 bon, 1 avertissement, 2 échecs');
  assert.is(say('0 passed, 2 warnings, 0 failed'), '0 bon, 2 avertissements, 0 échec');
});

test('what the box says is translated with the names that it has, whatever they are', () => {
  const name = fc.stringMatching(/^x[a-z0-9-]{0,11}$/);
  const keys = Object.keys(said) as (keyof typeof said)[];
  fc.assert(
    fc.property(
      fc.constantFrom(...keys),
      fc.constantFrom(...LANGUAGES),
      fc.array(name, { minLength: 3, maxLength: 3 }),
      (key, language, names) => {
        const places = placesOf(said[key]).map((place, i) => [place.slice(1, -1), names[i] ?? '']);
        const values = Object.fromEntries(places) as Readonly<Record<string, string>>;
        assert.is(
          translate(fill(said[key], values), language),
          fill(MESSAGE_TEXTS[language][key], values),
        );
      },
    ),
  );
});

test('a part of the box in a sentence is translated too, and an unknown sentence stays as it is', () => {
  const say = openTranslation('de');
  assert.is(say('The sound card is not working'), 'Die Soundkarte geht nicht');
  assert.is(say('Link wwan0 is down'), 'Leitung wwan0 ist weg');
  assert.is(
    say('The other recordings go on. Check that disk.'),
    'Die anderen Aufnahmen gehen weiter. Prüfe diesen Datenträger.',
  );
  assert.is(say('Something of a newer box'), 'Something of a newer box');
  assert.is(say(''), '');
  assert.is(openTranslation('en')('it is armed'), 'it is armed');
});

test('each language has a page of its own, and no text is left out of it', () => {
  const assets = openAssets();
  for (const language of LANGUAGES) {
    const html = String(assets('/', language, false)?.body);
    assert.match(html, `<html lang="${language}">`);
    assert.match(html, STAGE_TEXTS[language].needsScript);
    assert.not.match(html, '{{');
  }
  assert.is(assets('/nothing', 'de', true), undefined);
});

test('the switch wins over Accept-Language, and both over English', async () => {
  await using box = await startFakeBox();
  const langOf = async (headers: Readonly<Record<string, string>>) =>
    /<html lang="(\w+)">/.exec(await (await fetch(box.url, { headers })).text())?.[1];
  assert.is(await langOf({ 'Accept-Language': 'fr-CH, de;q=0.5' }), 'fr');
  assert.is(await langOf({ 'Accept-Language': 'ja' }), 'en');
  const cookie = 'venuebox-language=nl';
  assert.is(await langOf({ 'Accept-Language': 'fr', Cookie: cookie }), 'nl');
  assert.is(await langOf({ 'Accept-Language': 'fr', Cookie: 'venuebox-language=xx' }), 'fr');
});

const TOO_WIDE =
  '[...document.querySelectorAll("body *")].filter((e) => e.offsetParent !== null && !e.closest(".slips, .log, .unseen") && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className || e.tagName)';

test('the switch shows the page in each language at once, and nothing is cut off on a phone', async () => {
  await using box = await startFakeBox();
  await using browser = await openChromium({ width: 360, height: 740 });
  const page = await openPage(browser, box.url);
  const warning = { key: 'links-down', severity: 'critical', sinceMs: Date.now() } as const;
  box.set({ warnings: [{ ...warning, text: 'All uplinks are down', advice: 'Check them.' }] });
  for (const language of [...LANGUAGES.slice(1), 'en'] as const) {
    await page.selectOption('#language', language);
    // The page is loaded again: until then there is none to ask.
    await until(
      async () => await page.evaluate(`document.documentElement.lang === '${language}'`),
      60_000,
    );
    await waitInPage(page, says('#phase', STAGE_TEXTS[language].idle), 60_000);
    await waitInPage(page, says('.alerts li', MESSAGE_TEXTS[language].linksDown), 60_000);
    // The style sheet writes headings in capitals.
    const heading = 'document.querySelector("#power h2").textContent';
    assert.is(await page.evaluate(heading), BOX_TEXTS[language].power);
    assert.equal(await page.evaluate(TOO_WIDE), [], language);
    await saveScreenshot(page, `language-${language}`);
  }
  assert.equal(page.faults, []);
});

test.run();
