/** Tests of the clock drawn into the test picture. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOCK_MODULUS_MS, cellPx, renderClock } from '../../../hal/camera/clock-code.ts';
import { openTestPicture } from '../../../hal/camera/test-picture.ts';
import { parseClock } from '../../../pipelines/probe/read-clock.ts';

const test = suite('clock in the picture');

test('every time is read back from its cells', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 45), (timeMs) => {
      const cells = renderClock(timeMs);
      assert.is(
        parseClock((x) => (cells[Math.floor(x)] ? 235 : 16)),
        timeMs % CLOCK_MODULUS_MS,
      );
    }),
  );
});

test('a flipped cell, a black picture and noise are no clock', () => {
  const cells = [...renderClock(123_456)];
  cells[9] = !cells[9];
  assert.is(
    parseClock((x) => (cells[Math.floor(x)] ? 235 : 16)),
    undefined,
  );
  assert.is(
    parseClock(() => 16),
    undefined,
  );
});

test('the drawn test picture carries the time, at any size, and moves', () => {
  for (const [widthPx, heightPx] of [
    [1280, 720],
    [640, 360],
    [320, 180],
  ] as const) {
    const draw = openTestPicture({ widthPx, heightPx, fps: 30 });
    const first = Buffer.from(draw(1_000_000));
    const frame = draw(1_000_500);
    const cell = cellPx(widthPx);
    const lumaAt = (x: number, y: number) =>
      frame[Math.floor(y * cell) * widthPx + Math.floor(x * cell)] ?? 0;
    assert.is(parseClock(lumaAt), 1_000_500);
    assert.not.ok(first.equals(frame));
    assert.is(frame.length, (widthPx * heightPx * 3) / 2);
  }
});

test.run();
