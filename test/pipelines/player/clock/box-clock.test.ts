/** What a page takes the box's clock for. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BoxClock } from '../../../../pipelines/player/clock/box-clock.ts';

const test = suite('the box’s clock on a page');

/** An answer at `atMs` of this device's clock; the box's is ahead by `aheadMs`. */
function answer(clock: BoxClock, atMs: number, aheadMs: number, thereMs: number, backMs: number) {
  const receivedMs = atMs + thereMs + backMs;
  clock.add({ sentMs: atMs, receivedMs, boxMs: atMs + thereMs + aheadMs });
}

test('a slow answer does not replace a quick one', () => {
  const clock = new BoxClock();
  assert.is(clock.offsetMs, undefined);
  answer(clock, 0, 5_000, 4, 4);
  answer(clock, 7_000, 5_000, 10, 900);
  assert.is(clock.offsetMs, 5_000);
  answer(clock, 14_000, 5_001, 1, 1);
  assert.is(clock.offsetMs, 5_001);
});

test('a clock that was set is followed by the next answer, however slow', () => {
  const clock = new BoxClock();
  answer(clock, 0, 0, 2, 2);
  answer(clock, 7_000, 3_600_000, 300, 500);
  assert.ok(Math.abs((clock.offsetMs ?? 0) - 3_600_000) <= 100);
  answer(clock, 14_000, -20_000, 100, 100);
  assert.is(clock.offsetMs, -20_000);
});

test('after hours a clock that drifts is known as well as the answers tell, and never worse', () => {
  const trip = fc.integer({ min: 1, max: 400 });
  fc.assert(
    fc.property(fc.array(fc.tuple(trip, trip), { minLength: 5, maxLength: 200 }), (trips) => {
      const clock = new BoxClock();
      let leastMs = Number.POSITIVE_INFINITY;
      for (const [i, [thereMs, backMs]] of trips.entries()) {
        const atMs = i * 60_000;
        const aheadMs = 1_000 + atMs * 0.9e-4;
        answer(clock, atMs, aheadMs, thereMs, backMs);
        leastMs = Math.min(leastMs + 60_000 * 1e-4, (thereMs + backMs) / 2);
        const errorMs = Math.abs((clock.offsetMs ?? 0) - aheadMs);
        assert.ok(errorMs <= leastMs + 1, `${errorMs} ms off after ${i} min, ${leastMs} possible`);
      }
    }),
    { seed: 17, numRuns: 50 },
  );
});

test.run();
