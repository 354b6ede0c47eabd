/** Part targets beside audio frames, and what follows from part and segment lengths. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { liveFreshness, refusedReloadCacheSeconds } from '../../../pipelines/hls/freshness.ts';
import { limitsFor, PART_MIN_RATIO, partTargetBeside } from '../../../pipelines/hls/limits.ts';

const test = suite('limits of a presentation');

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

test('a length that is whole audio frames stays as it is', () => {
  for (const frames of [1, 8, 10, 30]) {
    assert.is(partTargetBeside(frames * AAC_MS, AAC_MS).toFixed(6), (frames * AAC_MS).toFixed(6));
  }
});

test('hold-backs, skips and waits are multiples of part target and target duration', () => {
  assert.equal(limitsFor(200, 2000, 4), {
    partTargetS: 0.2,
    targetDurationS: 2,
    windowS: 6,
    partHoldBackS: 0.6,
    holdBackS: 6,
    canSkipUntilS: 12,
    listPartsS: 6,
    holdMs: 6_000,
    advanceParts: 15,
  });
  assert.is(limitsFor(200, 2000, 20).windowS, 20);
});

test('the target duration is whole seconds, and at least one', () => {
  const targetOf = (segmentMs: number) => limitsFor(200, segmentMs, 20).targetDurationS;
  assert.equal([400, 1400, 1600, 2000].map(targetOf), [1, 1, 2, 2]);
});

test('part targets are rounded up to what is written, and three seconds of parts may be asked for ahead', () => {
  assert.is(limitsFor((10 * 1024) / 48, 1000, 20).partTargetS, 0.21334);
  const aheadOf = (partMs: number) => limitsFor(partMs, 1000, 20).advanceParts;
  assert.equal([100, 350, 1500].map(aheadOf), [30, 9, 3]);
});

test('caches keep what is live for six target durations, refusals for four', () => {
  const limits = limitsFor(200, 2000, 20);
  assert.equal(liveFreshness(limits, 'media'), {
    kind: 'window',
    maxAgeS: 12,
    staleIfErrorS: 12,
  });
  assert.equal(liveFreshness(limits, 'blocking playlist'), { kind: 'window', maxAgeS: 12 });
  assert.equal(liveFreshness(limits, 'playlist'), {
    kind: 'window',
    maxAgeS: 1,
    staleWhileRevalidateS: 2,
    staleIfErrorS: 12,
  });
  assert.is(refusedReloadCacheSeconds(limits), 8);
});

test.run();
