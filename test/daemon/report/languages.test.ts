/** The page of a drop's report, in each language of the pages. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import { renderReportPage } from '../../../daemon/report/html.ts';
import { inWords, logTextOf } from '../../../daemon/report/log-text.ts';
import { REPORT_TEXTS } from '../../../daemon/report/text/languages.ts';
import { openTranslator } from '../../../daemon/web/page/text/translator.ts';
import { LANGUAGES } from '../../../pipelines/player/text/language.ts';

const test = suite('languages of a report');

/** All that it tells of what happened. */
const HAPPENED: readonly (readonly [type: string, data: object])[] = [
  ...([
    ['drop.live', {}],
    ['drop.live', { isResumed: true }],
    ['drop.first-frame', {}],
  ] as const),
  ...([
    ['drop.marked', {}],
    ['drop.marked', { label: 'solo' }],
  ] as const),
  ...([
    ['drop.ended', {}],
    ['drop.ended', { isByPower: true }],
  ] as const),
  ...([
    ['clip.made', {}],
    ['camera.switched', {}],
    ['media.restarted', {}],
  ] as const),
  ...['normal', 'saving', 'last-minutes', 'shut-down'].map(
    (to) => ['power.phase', { to }] as const,
  ),
  ...['alert.raised', 'alert.cleared'].map(
    (type) => [type, { text: 'All uplinks are down' }] as const,
  ),
];
const kept = HAPPENED.map(([type, data]) => logTextOf({ type, data } as BoxEvent) ?? '');

test('in English what happened is told as it is kept', () => {
  const same = (text: string) => text;
  assert.equal(
    kept.map((text) => inWords(text, 'en', same)),
    kept,
  );
});

for (const language of LANGUAGES.filter((one) => one !== 'en')) {
  test(`${language}: each line of what happened is translated, with the alert in it`, () => {
    const { sentence } = openTranslator(language);
    const said = kept.map((text) => inWords(text, language, sentence));
    assert.equal(
      said.filter((text, i) => text === kept[i] || text.includes('uplinks')),
      [],
    );
    assert.ok(said.some((text) => text.includes('solo')));
    assert.is(inWords('of a newer version', language, sentence), 'of a newer version');
  });

  test(`${language}: a text has the values of its English one`, () => {
    const values = (text: string) => [...new Set(text.match(/\{\w+/g))].toSorted();
    const { page, log } = REPORT_TEXTS[language];
    for (const [own, english] of [
      [page, REPORT_TEXTS.en.page],
      [log, REPORT_TEXTS.en.log],
    ] as const) {
      const known: Readonly<Record<string, string>> = english;
      for (const [key, text] of Object.entries(own))
        assert.equal(values(text), values(known[key] ?? ''), key);
    }
  });
}

test('the page names its language, and has no texts but those of it', async () => {
  const series = { at_s: [], columns: {}, links: {} };
  const log = [{ at_s: 0, type: 'drop.live', text: 'went live' }];
  const record = { v: 1, drop: 'late', started_ms: 0, report: null, series, log } as const;
  const { html } = await renderReportPage([record as never], { name: 'corner', language: 'de' });
  assert.match(html, '<html lang="de">');
  assert.match(html, 'live gegangen');
  assert.match(html, REPORT_TEXTS.de.page.overTime);
  assert.not.match(html, REPORT_TEXTS.en.page.overTime);
});

test.run();
