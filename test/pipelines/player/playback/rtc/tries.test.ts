/** The player by WebRTC: how old a picture is, and when it is tried again. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ageMs } from '../../../../../pipelines/player/playback/rtc/age.ts';
import { WhepTries } from '../../../../../pipelines/player/playback/rtc/tries.ts';
import { timestampOf } from '../../../../../pipelines/whep/stream-time.ts';

const test = suite('player by WebRTC');

test('a picture’s time stamp says how old it is, whenever the stream began', () => {
  const epochs = fc.integer({ min: 1_700_000_000_000, max: 2_500_000_000_000 });
  const media = fc.integer({ min: 0, max: 7 * 86_400_000_000 });
  fc.assert(
    fc.property(epochs, media, fc.integer({ min: 1, max: 5_000 }), (epochMs, mediaUs, behindMs) => {
      const timestamp = timestampOf({ epochMs, monotonicUs: 0 }, mediaUs, 90);
      const age = ageMs(timestamp, epochMs + mediaUs / 1_000 + behindMs);
      assert.ok(age !== undefined && Math.abs(age - behindMs) < 0.1, `${age} for ${behindMs}`);
    }),
    { seed: 17 },
  );
});

test('a picture of the future has no age, and where the clocks differ a little none that is negative', () => {
  const timestamp = timestampOf({ epochMs: 1_700_000_000_000, monotonicUs: 0 }, 0, 90);
  assert.is(ageMs(timestamp, 1_700_000_000_000 - 5_000), undefined);
  assert.is(ageMs(timestamp, 1_700_000_000_000 - 50), 0);
});

test('it is tried at once, and after each failure later', () => {
  const tries = new WhepTries();
  assert.is(tries.waitMs(0), 0);
  const waits: number[] = [];
  let nowMs = 0;
  for (let i = 0; i < 7; i += 1) {
    tries.start(nowMs);
    tries.fail('silent', nowMs + 2_000);
    waits.push(tries.waitMs(nowMs + 2_000));
    nowMs += 2_000 + (waits.at(-1) ?? 0);
    assert.is(tries.waitMs(nowMs), 0);
  }
  assert.equal(waits, [15_000, 30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
});

test('where it has played for a while, the next failure is a first one', () => {
  const tries = new WhepTries();
  for (let i = 0; i < 5; i += 1) tries.fail('silent', 0);
  tries.start(400_000);
  tries.fail('silent', 900_000);
  assert.is(tries.waitMs(900_000), 15_000);
});

test('a box that takes no more viewers is not asked for five minutes', () => {
  const tries = new WhepTries();
  tries.fail('refused', 0);
  assert.is(tries.waitMs(0), 300_000);
});

test('a box whose process is starting is asked soon, however often that happens', () => {
  const tries = new WhepTries();
  for (let i = 0; i < 20; i += 1) tries.fail('starting', i * 4_000);
  assert.is(tries.waitMs(76_000), 3_000);
});

test('who was refused because too many asked comes again when the box says, and not all at once', () => {
  const waits = [0, 0.5, 0.999].map((chance) => {
    const tries = new WhepTries(() => chance);
    tries.fail('busy', 0, 5_000);
    return tries.waitMs(0);
  });
  assert.equal(waits, [5_000, 7_500, 9_995]);
});

test('pages that waited for the stream do not all ask within the second in which it begins', () => {
  const waits = Array.from({ length: 100 }, (_, i) => {
    const tries = new WhepTries(() => i / 100);
    for (let s = 0; s < 60; s += 1) tries.spread(s * 1_000);
    return tries.waitMs(59_000);
  });
  const within = (ms: number) => waits.filter((wait) => wait <= ms).length;
  assert.ok(within(1_000) <= 40 && within(3_000) === 100, `${waits}`);
});

test('a box that refuses is not asked sooner because its stream began again', () => {
  const tries = new WhepTries(() => 0.5);
  tries.fail('refused', 0);
  tries.spread(1_000);
  assert.is(tries.waitMs(1_000), 299_000);
});

test.run();
