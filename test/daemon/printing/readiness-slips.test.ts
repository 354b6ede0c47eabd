/** Slips of checklist, rehearsal and survey, on paper of both widths. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { READINESS_NAMES, renderReadiness } from '../../../daemon/printing/readiness-slips.ts';
import { wordsIn } from '../../../daemon/printing/text/words.ts';
import { openTranslator } from '../../../daemon/web/page/text/translator.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { renderJob } from '../../../hal/printer/verify.ts';
import { CHECKLIST, REHEARSAL, SURVEY } from '../ready/support/results.ts';

const test = suite('slips before a drop');
const FACTS = {
  title: 'Live from the record shop',
  words: wordsIn('en'),
  translator: openTranslator('en'),
};
const READINESS = { checklist: CHECKLIST, rehearsal: REHEARSAL, survey: SURVEY };

const textOf = (name: (typeof READINESS_NAMES)[number], readiness = {}) =>
  renderReadiness(name, readiness, FACTS)
    .flatMap((block) => (block.kind === 'text' ? [block.text] : []))
    .join('\n');

test('each of them can be printed on every paper', async () => {
  for (const name of READINESS_NAMES) {
    for (const profile of Object.values(PRINTER_PROFILES)) {
      const job = await renderJob(renderReadiness(name, READINESS, FACTS), profile);
      assert.ok('bytes' in job && job.bytes.length > 100, name);
    }
  }
});

test('what is to be looked at comes first, with what to do', () => {
  const text = textOf('preflight', READINESS);
  assert.match(text, 'CHECK recording');
  assert.match(text, '> Plug in a second disk.');
  assert.ok(text.indexOf('CHECK recording') < text.indexOf('ok camera'));
});

test('a rehearsal says in large letters how it went, a survey what the place is like', () => {
  assert.match(textOf('rehearsal', READINESS), /^Rehearsal\n.*\n.*\nFailed/);
  const survey = textOf('survey', READINESS);
  for (const part of [
    'five (5g)',
    'RSRP -86 dBm',
    'round trip 41 ms',
    '2 Wi-Fi networks',
    '(hidden)',
  ])
    assert.ok(survey.includes(part), part);
});

test('before there is one, it says what to do', () => {
  assert.match(textOf('preflight'), 'Run the checks first.');
  assert.match(textOf('survey'), 'Run a survey first.');
});

test.run();
