/** What the pages say of the drop that comes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forNext, renderNotice, renderStart, type View } from '../../../pipelines/player/notice.ts';
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

test('a page that stays open between two drops counts down to the next one', () => {
  const startsAt = new Date(1e12 + 60_000).toISOString();
  const held = new Date(1e12 - 3_600_000).toISOString();
  const next = { startsAt, isOver: false, liveSince: '' };
  const seen = {
    ...{ isPlaying: false, needsTap: false, hasPlayed: true, hasEnded: false },
    ...{ drop: next, isUnreachable: false },
  };
  const stateOf = (view: View, report: typeof next, heldStartsAt: string | undefined) =>
    renderNotice(forNext(view, report, heldStartsAt, 1e12), DICTIONARIES.en, 1e12).state;
  assert.is(stateOf({ ...seen, hasEnded: true, needsTap: true }, next, held), 'before');
  assert.is(stateOf(seen, next, held), 'before', 'it slept through the end');
  assert.is(stateOf({ ...seen, isPlaying: true }, next, held), 'live');
  // The stream of the next one has begun early: a tap is still wanted.
  assert.is(stateOf({ ...seen, needsTap: true }, next, held), 'tap');

  const ended = { ...seen, hasEnded: true };
  assert.is(stateOf(ended, next, startsAt), 'ended', 'it is the drop that has just ended');
  assert.is(stateOf(ended, next, undefined), 'ended', 'none was live here');
  assert.is(stateOf(ended, { ...next, isOver: true }, held), 'ended');
  assert.is(stateOf(seen, { ...next, liveSince: held }, held), 'waiting');
  assert.is(stateOf(ended, { ...next, startsAt: '' }, held), 'ended');
});

test('a page that stays open after a drop waits for it once it is to be held again', () => {
  const startsAt = new Date(1e12 - 3_600_000).toISOString();
  const over = {
    ...{ isPlaying: false, needsTap: true, hasPlayed: true, hasEnded: true },
    ...{ drop: { startsAt, isOver: true }, isUnreachable: false },
  };
  const stateOf = (report: { isOver: boolean; liveSince: string }) => {
    const drop = { startsAt, ...report };
    const view = { ...forNext(over, drop, startsAt, 1e12), drop };
    return renderNotice(view, DICTIONARIES.en, 1e12).state;
  };
  assert.is(stateOf({ isOver: false, liveSince: '' }), 'waiting');
  assert.is(stateOf({ isOver: true, liveSince: '' }), 'ended');
});

test.run();
