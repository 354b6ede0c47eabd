/** Tests of lamp rhythms. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Rhythm } from '../../../hal/gpio/port.ts';
import { faultOf, lampAt, RHYTHMS, renderLedPattern } from '../../../hal/gpio/rhythm.ts';

const test = suite('lamp rhythms');

/** What an eye has: flashes in a period, and the share of it that is lit. */
function look(rhythm: Rhythm): { flashes: number; periodMs: number; litPct: number } {
  const periodMs = rhythm.reduce((sum, ms) => sum + ms, 0);
  const onMs = rhythm.filter((_, index) => index % 2 === 0).reduce((sum, ms) => sum + ms, 0);
  return {
    flashes: Math.ceil(rhythm.length / 2),
    periodMs,
    litPct: periodMs === 0 ? 0 : (100 * onMs) / periodMs,
  };
}

test('any two rhythms differ in flashes, or by 1.5 in period, or by 25 % of being lit', () => {
  const names = Object.entries(RHYTHMS);
  for (const [index, [nameA, a]] of names.entries()) {
    for (const [nameB, b] of names.slice(index + 1)) {
      const [x, y] = [look(a), look(b)];
      const isSlower = Math.max(x.periodMs, y.periodMs) >= 1.5 * Math.min(x.periodMs, y.periodMs);
      const isDistinct = x.flashes !== y.flashes || isSlower || Math.abs(x.litPct - y.litPct) >= 25;
      assert.ok(isDistinct, `${nameA} looks like ${nameB}`);
    }
  }
});

test('every rhythm of the box is one that lamps take', () => {
  for (const rhythm of Object.values(RHYTHMS)) assert.is(faultOf(rhythm), undefined);
});

test('a double flash is on, off, on, and then off for long', () => {
  const at = [0, 149, 150, 299, 300, 450, 1499, 1500].map((ms) => lampAt(RHYTHMS.double, ms).isOn);
  assert.equal(at, [true, true, false, false, true, false, false, true]);
});

test('off and steady never change', () => {
  assert.equal(lampAt([], 12_345), { isOn: false, nextMs: Infinity });
  assert.equal(lampAt([1000], 12_345), { isOn: true, nextMs: Infinity });
});

test('after nextMs a lamp has changed, and not before', async () => {
  const rhythm = fc.array(fc.integer({ min: 20, max: 3000 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.property(rhythm, fc.integer({ min: 0, max: 100_000 }), (half, sinceMs) => {
      const whole = half.flatMap((ms) => [ms, ms]);
      const now = lampAt(whole, sinceMs);
      assert.is(lampAt(whole, sinceMs + now.nextMs).isOn, !now.isOn);
      assert.is(lampAt(whole, sinceMs + now.nextMs - 1).isOn, now.isOn);
    }),
  );
});

test('rhythms that a lamp cannot show are refused', () => {
  assert.match(faultOf([100, 100, 100]) ?? '', 'odd');
  assert.match(faultOf([10, 100]) ?? '', '20 to');
  assert.match(faultOf([100, Number.NaN]) ?? '', '20 to');
  assert.match(faultOf(Array.from({ length: 18 }, () => 100)) ?? '', '16');
});

test('a pattern for the LED class holds each level and steps without a slope', () => {
  assert.is(renderLedPattern([100, 200], 255), '255 100 255 0 0 200 0 0');
});

test.run();
