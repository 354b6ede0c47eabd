/** The drop that guests see: before it, while it is on, and between it and the next. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

import { FRIDAY, openMedia } from './support/shown.ts';

const test = suite('the drop that guests see');

test('it has the title of the config until the daemon names one, everywhere', () => {
  const { drop, ask, report } = openMedia();
  assert.is(report()['title'], 'Live');
  drop.show(FRIDAY);
  assert.is(report()['title'], 'Friday Duo');
  assert.is(report()['startsAt'], '2026-12-04T20:00:00Z');
  assert.is(report()['hasReactions'], true);
  drop.show({ ...FRIDAY, hasReactions: false });
  assert.equal([report()['hasReactions'], drop.hasReactions], [false, false], 'of this drop');
  assert.is(report()['shown'], undefined);
  assert.match(ask('/').text, '<title>Friday Duo');
  assert.match(ask('/manifest.webmanifest').text, 'Friday Duo');
  assert.match(ask('/drop.ics').text, 'Friday Duo');
});

test('once it is over it keeps its title beside that of the next, until that one is nearer', () => {
  const { drop, ask, report } = openMedia();
  drop.set({ type: 'record', isOver: true });
  const last = { title: 'Friday Duo', dropId: '2026-12-04T20-00-01Z' };
  const next = { ...FRIDAY, title: 'Sunday', last };
  drop.show(next);
  assert.is(report()['isOver'], true);
  assert.is(report()['title'], 'Friday Duo');
  assert.equal(report()['next'], { title: 'Sunday' });
  assert.match(ask('/drop.ics').text, 'SUMMARY:Sunday', 'whose start it is');
  drop.show({ ...next, isNextNearer: true });
  assert.is(report()['isOver'], false);
  assert.is(report()['title'], 'Sunday');
  assert.is(report()['next'], undefined);
  drop.show({ ...next, isNext: false });
  assert.is(report()['next'], undefined, 'none is to come');
  assert.is(report()['startsAt'], '');
});

test('what is over stays so for a media process that has been restarted, with its own clips', () => {
  const { drop, report, since, replayed } = openMedia();
  const last = { title: 'Friday Duo', dropId: '2026-12-04T20-00-01Z' };
  drop.set({ type: 'record' });
  drop.show({ ...FRIDAY, title: 'Sunday', last });
  const { isOver, hasReplay, title } = report();
  assert.equal([isOver, hasReplay, title], [true, true, 'Friday Duo']);
  assert.is(since(), Date.UTC(2026, 11, 4, 20, 0, 1));
  assert.is(replayed(), last.dropId);
  drop.set({ type: 'record', dropId: '2026-12-06T11-00-00Z' });
  drop.show({ ...FRIDAY, title: 'Sunday', last });
  assert.equal([report()['isOver'], report()['title']], [false, 'Sunday'], 'another has begun');
  assert.is(replayed(), '2026-12-06T11-00-00Z');
  drop.set({ type: 'record', isOver: true });
  assert.is(report()['isOver'], true, 'in the moment of its end');
});

test('one that ended before its first frame is not over: it is still to come', () => {
  const { drop, report } = openMedia();
  drop.set({ type: 'record', dropId: '2026-12-04T20-00-01Z' });
  drop.set({ type: 'record', isOver: true });
  drop.show(FRIDAY);
  assert.equal([report()['isOver'], report()['title']], [false, 'Friday Duo']);
});

test('a drop that began and ended before its time is not the next one', () => {
  const { drop, ask, report } = openMedia();
  drop.show({ ...FRIDAY, isNext: false });
  assert.is(ask('/drop.ics').status, 200);
  drop.set({ type: 'record', isOver: true });
  assert.equal([report()['title'], report()['startsAt']], ['Friday Duo', '']);
  assert.is(ask('/drop.ics').status, 404);
});

test('a calendar moves the entry of a drop that is moved, which ends as planned', () => {
  const { drop, ask } = openMedia();
  const lines = () => ask('/drop.ics').text.split('\r\n');
  const uid = () => lines().find((line) => line.startsWith('UID:'));
  drop.show(FRIDAY);
  assert.is(uid(), 'UID:friday@box');
  assert.ok(lines().includes('DTEND:20261204T230000Z'));
  const moved = { ...FRIDAY, startsAt: '2026-12-05T20:00:00Z' };
  drop.show(moved);
  assert.is(uid(), 'UID:friday@box');
  assert.ok(lines().includes('DTSTART:20261205T200000Z'));
  assert.ok(lines().includes('DTEND:20261205T220000Z'), 'its end is that of the day before');
  drop.show({ ...moved, id: '' });
  assert.match(uid() ?? '', /^UID:\d+@venuebox$/);
});

test.run();
