/** Limits of pending fetches. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_PENDING_FETCHES, PendingFetches } from '../../../pipelines/edge/pending-fetches.ts';

const test = suite('pending fetches of an edge');

/** Begins fetches for as long as there is a slot. Returns how many. */
function takeAll(fetches: PendingFetches, address: string | undefined): number {
  for (let taken = 0; ; taken += 1) {
    if (!fetches.hasSlotFor(address)) return taken;
    fetches.add(`${address} ${taken}`, {
      header: () => undefined,
      address,
      why: 'uri-miss',
      result: undefined,
      isOver: Promise.resolve(),
    });
  }
}

test('one address begins 32 at once, and as many again when those have ended', () => {
  const fetches = new PendingFetches();
  for (let round = 0; round < 3; round += 1) {
    assert.is(takeAll(fetches, '10.0.0.1'), 32);
    for (let i = 0; i < 32; i += 1) fetches.delete(`10.0.0.1 ${i}`);
    fetches.delete('10.0.0.1 0');
  }
});

test('eight addresses that take what they can still leave a slot for a ninth', () => {
  const fetches = new PendingFetches();
  const took = Array.from({ length: 8 }, (_, i) => takeAll(fetches, `10.0.0.${i}`));
  assert.equal(took, [32, 32, 32, 16, 8, 4, 2, 1]);
  assert.ok(fetches.hasSlotFor('10.0.1.1'));
  for (let i = 0; i < 32; i += 1) fetches.delete(`10.0.0.0 ${i}`);
  assert.is(takeAll(fetches, '10.0.1.1'), 17);
});

test('the box’s own are bounded by the total only', () => {
  assert.is(takeAll(new PendingFetches(), undefined), MAX_PENDING_FETCHES);
});

test.run();
