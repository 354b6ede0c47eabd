/** What a box tells the others of its fleet. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { ownMessage } from '../../../daemon/fleet/own-message.ts';
import { fleetFields } from '../../../daemon/model/fleet.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { bareSnapshot, DROPS, fullSnapshot } from '../mqtt/support/snapshot.ts';

const test = suite('what a box tells its fleet');

const NOW_MS = Date.UTC(2026, 4, 1, 19);
const TOUR = { name: 'tour', leader: 'corner' };
const messageOf = (box: BoxSnapshot, url?: string) => ownMessage(TOUR, box, NOW_MS, url);
const schema = v.strictObject(fleetFields);

test('every snapshot makes a message that others take', () => {
  const boxes = [bareSnapshot(), fullSnapshot(), fullSnapshot({ plannedDrops: DROPS })];
  for (const box of boxes) {
    for (const url of [undefined, 'http://10.0.0.7:8081/', `http://x/${'y'.repeat(300)}`]) {
      assert.is(v.safeParse(schema, messageOf(box, url)).issues?.[0]?.message, undefined);
    }
  }
});

test('a drop without an id cannot be shared', () => {
  const shown = { ...DROPS.shown, id: '' };
  assert.is(messageOf(fullSnapshot({ plannedDrops: { ...DROPS, shown } })).drop, null);
  const { drop } = messageOf(fullSnapshot({ plannedDrops: DROPS }));
  assert.equal([drop?.id, drop?.starts_at, drop?.ends_at], ['friday', DROPS.shown.startsAt, null]);
});

test('it is ready once it is armed, and before that as its checklist of today says', () => {
  const taken = (hours: number) => new Date(NOW_MS - hours * 3_600_000).toISOString();
  const ready = (
    phase: BoxSnapshot['drop']['phase'],
    verdict?: 'pass' | 'warn' | 'fail',
    hours = 1,
  ) =>
    messageOf(
      fullSnapshot({
        drop: { phase, sinceMs: NOW_MS },
        ...(verdict && { readiness: { checklist: { taken: taken(hours), verdict, lines: [] } } }),
      }),
    ).ready;
  assert.equal(
    [ready('idle'), ready('idle', 'pass'), ready('idle', 'warn'), ready('idle', 'fail')],
    ['unchecked', 'checked', 'warned', 'failed'],
  );
  assert.is(ready('idle', 'pass', 13), 'unchecked', 'of yesterday');
  assert.equal(
    [ready('armed', 'warn'), ready('live'), ready('fault')],
    ['ready', 'ready', 'failed'],
  );
});

test.run();
