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

test('a track is lost half a second after its last unit, and each is silent for its own time', () => {
  const arrivals = new Arrivals(['high', 'audio']);
  arrivals.add('high', 1_000_000);
  arrivals.add('audio', 1_400_000);
  assert.not.ok(arrivals.isAnyStalled(0, 1_499_999));
  assert.is(arrivals.silentUs('high', 1_500_000), 500_000);
  assert.is(arrivals.silentUs('audio', 1_500_000), 100_000);
  assert.ok(arrivals.isAnyStalled(0, 1_500_000));
});

test('the usual delay follows slowly, and starts with the first one', () => {
  const arrivals = new Arrivals(['high']);
  assert.is(arrivals.delayUs('high'), 0);
  arrivals.addDelay('high', 1_000_000, 1_040_000);
  assert.is(arrivals.delayUs('high'), 40_000);
  arrivals.addDelay('high', 2_000_000, 2_300_000);
  assert.ok(arrivals.delayUs('high') < 50_000);
  for (let i = 0; i < 600; i += 1) arrivals.addDelay('high', 0, 80_000);
  assert.ok(Math.abs(arrivals.delayUs('high') - 80_000) < 1_000);
});

test.run();
