/** What the operator's page says of the boxes of a fleet. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FleetBox, FleetState } from '../../../daemon/model/fleet.ts';
import { describeBox, isReady, pageOf } from '../../../daemon/web/page/drops/fleet-words.ts';

const test = suite('boxes of a fleet, on the operator’s page');

const drop = (starts_at: string | null, id = 'friday') => ({
  ...{ id, title: 'Friday', starts_at, ends_at: null },
});
const EIGHT = '2026-12-04T20:00:00Z';

function box(changes: Partial<FleetBox> = {}): FleetBox {
  return {
    ...{ name: 'alley', isOwn: false, isAway: false, drop: drop(EIGHT), viewers: 3 },
    ...{ phase: 'armed', ready: 'ready', health: 'ok', clock_synced: true, operator_url: null },
    ...changes,
  };
}

const fleet: FleetState = {
  ...{ name: 'tour', leader: 'corner', isConnected: true, leftOut: 0, boxes: [] },
  drop: drop('2026-12-04T20:00:00.000Z'),
};

test('a box is ready where it is armed or live with the shared drop, at the same time', () => {
  assert.ok(isReady(box(), fleet));
  for (const change of [
    { isAway: true },
    { ready: 'checked' as const },
    { drop: null },
    { drop: drop(EIGHT, 'sunday') },
    { drop: drop('2026-12-04T21:00:00Z') },
  ])
    assert.not(isReady(box(change), fleet), JSON.stringify(change));
});

test('what is amiss with it is said, and nothing of one that is away', () => {
  assert.equal(describeBox(box(), fleet), ['ready']);
  assert.equal(describeBox(box({ phase: 'live' }), fleet), ['viewers: 3']);
  assert.equal(describeBox(box({ drop: null, health: 'failed' }), fleet), [
    ...['ready', 'has not taken the shared drop', 'needs help'],
  ]);
  assert.equal(describeBox(box({ clockAheadMs: -120_000, clock_synced: false }), fleet), [
    ...['ready', 'its clock differs by 2 min', 'its clock is not synchronised'],
  ]);
  assert.equal(describeBox(box({ clockAheadMs: 3_000 }), fleet), ['ready']);
  assert.equal(describeBox(box({ isAway: true, drop: null }), fleet), []);
});

test('only a plain web address becomes a link, whatever another box says', () => {
  const linkOf = (operator_url: string) => pageOf(box({ operator_url }));
  assert.is(linkOf('https://alley.local:8081/'), 'https://alley.local:8081/');
  for (const address of [
    'javascript:alert(1)',
    'data:text/html,x',
    'http://crew:pin@evil.example/',
    '//evil.example',
    'no address',
    '',
  ])
    assert.is(linkOf(address), undefined, address);
});

test.run();
