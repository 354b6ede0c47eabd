/** Part targets beside audio frames. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PART_MIN_RATIO, partTargetBeside } from '../../../pipelines/hls/limits.ts';

const test = suite('part target');

/** An AAC frame at 48 kHz, in ms. */
const AAC_MS = 1024 / 48;

test('it rises to ten audio frames, so that a second of sound is five parts and not six', () => {
  assert.is(partTargetBeside(200, AAC_MS).toFixed(2), '213.33');
});

test('it stays where picture or sound would fall below 85 % of it', () => {
  assert.is(partTargetBeside(100, AAC_MS), 100);
  for (let partMs = 50; partMs <= 1000; partMs += 1) {
    const targetMs = partTargetBeside(partMs, AAC_MS);
    assert.ok(targetMs >= partMs && partMs >= PART_MIN_RATIO * targetMs, `${partMs} ms`);
  }
});

test.run();
