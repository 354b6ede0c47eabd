/** What the pages say of the drop that comes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderStart } from '../../../pipelines/player/notice.ts';
import { DICTIONARIES } from '../../../pipelines/player/text/languages.ts';

const test = suite('start of the coming drop');

const NOW_MS = Date.UTC(2026, 11, 4, 12);
const FRIDAY = { startsAt: '2026-12-04T20:00:00Z' };
const at = (drop: Parameters<typeof renderStart>[0], lang: 'en' | 'de' = 'en') =>
  renderStart(drop, { text: DICTIONARIES[lang], lang }, NOW_MS);

test('before a drop it is that one’s, in the guest’s language', () => {
  assert.match(at(FRIDAY), /^Starts Friday/);
  assert.match(at(FRIDAY, 'de'), /Freitag/);
});

test('once it is over it is the next one’s, with its title where that is another', () => {
  assert.match(at({ ...FRIDAY, isOver: true }), /^Next: Friday[^·]*$/);
  assert.match(at({ ...FRIDAY, isOver: true, next: { title: 'Duo' } }), /^Next: Friday.* · Duo$/);
});

test('a start that is not known, or has been, is not named', () => {
  assert.is(at({ startsAt: '' }), '');
  assert.is(at({ startsAt: '2026-12-04T11:59:00Z', isOver: true }), '');
});

test.run();
