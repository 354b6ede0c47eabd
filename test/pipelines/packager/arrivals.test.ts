/** Stalled tracks. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Arrivals } from '../../../pipelines/packager/arrivals.ts';

const test = suite('arrivals');

test('the time without access units is that of the track that stalled first, from the start of its run on', () => {
  const arrivals = new Arrivals(['high', 'audio']);
  assert.is(arrivals.stalledUs(3_000_000, 3_200_000), 200_000, 'nothing came yet');
  arrivals.add('high', 4_000_000);
  assert.is(arrivals.stalledUs(3_000_000, 4_000_000), 1_000_000, 'the sound');
  arrivals.add('audio', 3_900_000);
  assert.is(arrivals.stalledUs(3_000_000, 4_000_000), 100_000);
  assert.is(arrivals.stalledUs(3_950_000, 4_000_000), 50_000, 'another run');
});

test('a track is lost half a second after its last unit, and only that one', () => {
  const arrivals = new Arrivals(['high', 'audio']);
  arrivals.add('high', 1_000_000);
  arrivals.add('audio', 1_400_000);
  assert.not.ok(arrivals.isStalled('high', 1_499_999));
  assert.not.ok(arrivals.isAnyStalled(0, 1_499_999));
  assert.ok(arrivals.isStalled('high', 1_500_000));
  assert.not.ok(arrivals.isStalled('audio', 1_500_000));
  assert.ok(arrivals.isAnyStalled(0, 1_500_000));
});

test.run();
