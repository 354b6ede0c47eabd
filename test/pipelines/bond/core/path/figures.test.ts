/** The figures of one link's path: rates, round trip time, overdue replies. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RateMeter } from '../../../../../pipelines/bond/core/path/rate-meter.ts';
import { Replies } from '../../../../../pipelines/bond/core/path/replies.ts';
import { RttEstimator } from '../../../../../pipelines/bond/core/path/rtt.ts';

const test = suite('figures of a path');

test('a rate is that of complete tenths of a second; the present one does not count', () => {
  const meter = new RateMeter();
  meter.add(1000, 50);
  assert.equal([meter.sum(100, 99), meter.sum(100, 100), meter.sum(100, 200)], [0, 1000, 0]);
  assert.equal([meter.sum(1000, 1_099), meter.sum(1000, 1_100)], [1000, 0]);
  meter.add(500, 1_150);
  assert.is(meter.perS(500, 1_200), 1000);
  assert.is(meter.total, 1500);
});

test('whatever was added when, sums are those of a list', () => {
  const added = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 9 })),
  );
  fc.assert(
    fc.property(added, fc.integer({ min: 0, max: 2500 }), (all, laterMs) => {
      const meter = new RateMeter();
      const list: { readonly tenth: number; readonly amount: number }[] = [];
      let nowMs = 0;
      for (const [pauseMs, amount] of all) {
        nowMs += pauseMs;
        meter.add(amount, nowMs);
        list.push({ tenth: Math.floor(nowMs / 100), amount });
      }
      nowMs += laterMs;
      for (const windowMs of [100, 500, 1000, 1500]) {
        const present = Math.floor(nowMs / 100);
        const wanted = list
          .filter(({ tenth }) => tenth < present && tenth >= present - windowMs / 100)
          .reduce((sum, { amount }) => sum + amount, 0);
        assert.is(meter.sum(windowMs, nowMs), wanted, `${windowMs} ms at ${nowMs}`);
      }
    }),
  );
});

test('the first round trip time is taken as it is, later ones by an eighth and a quarter (RFC 6298)', () => {
  const rtt = new RttEstimator();
  assert.equal([rtt.isMeasured, rtt.meanMs, rtt.minMs, rtt.lateMs], [false, 200, 200, 400]);
  rtt.add(100, 0);
  assert.equal([rtt.isMeasured, rtt.meanMs, rtt.deviationMs, rtt.minMs], [true, 100, 25, 100]);
  rtt.add(180, 0);
  assert.equal([rtt.meanMs, rtt.deviationMs, rtt.lateMs], [110, 38.75, 265]);
  rtt.add(110, 0);
  assert.equal([rtt.meanMs, rtt.deviationMs, rtt.minMs], [110, 29.0625, 100]);
  rtt.add(30, 0);
  assert.equal([rtt.meanMs, rtt.minMs], [100, 30]);
});

test('round trip times that cannot be are ignored', () => {
  const rtt = new RttEstimator();
  for (const bad of [-1, 10_001, Number.NaN, Number.POSITIVE_INFINITY]) rtt.add(bad, 0);
  assert.not.ok(rtt.isMeasured);
  rtt.add(10_000, 0);
  assert.is(rtt.meanMs, 10_000);
  rtt.add(0, 0);
  assert.equal([rtt.meanMs, rtt.minMs], [8_750, 0]);
});

test('the minimum is that of the last ten seconds', () => {
  const rtt = new RttEstimator();
  rtt.add(50, 500);
  rtt.add(100, 5_000);
  assert.is(rtt.minMs, 50);
  rtt.add(120, 9_999);
  assert.is(rtt.minMs, 50);
  rtt.add(120, 10_000);
  assert.is(rtt.minMs, 100);
  rtt.add(120, 15_000);
  assert.is(rtt.minMs, 120);
  rtt.add(300, 99_000);
  assert.is(rtt.minMs, 300, 'after a long pause nothing of before counts');
});

test('a path that is forgotten is measured again', () => {
  const rtt = new RttEstimator();
  rtt.add(50, 1_000);
  rtt.reset();
  assert.not.ok(rtt.isMeasured);
  rtt.add(200, 1_000);
  assert.equal([rtt.isMeasured, rtt.meanMs, rtt.deviationMs, rtt.minMs], [true, 200, 50, 200]);
});

test('replies are overdue once ten packets wait for one, from the first of them on', () => {
  const replies = new Replies();
  replies.expect(9, 1_000);
  assert.is(replies.silentMs(5_000), 0);
  replies.expect(1, 1_200);
  assert.is(replies.silentMs(1_500), 500);
  replies.received(1_500);
  assert.is(replies.silentMs(5_000), 0);
  replies.expect(10, 1_800);
  assert.is(replies.silentMs(1_900), 100, 'silence without packets is none');
});

test('a single packet is overdue after the time that is asked for', () => {
  const replies = new Replies();
  assert.not.ok(replies.isOverdue(0, 9_000));
  replies.expect(1, 1_000);
  assert.equal([replies.isOverdue(100, 1_100), replies.isOverdue(100, 1_101)], [false, true]);
  replies.received(1_200);
  assert.not.ok(replies.isOverdue(100, 9_000));
});

test('the longest pause between replies is remembered, and fades over four seconds', () => {
  const replies = new Replies();
  replies.expect(10, 1_000);
  replies.received(1_500);
  assert.equal([replies.gapMs, replies.lastReceivedMs], [500, 1_500]);
  replies.received(2_500);
  assert.is(replies.gapMs, 375);
  replies.expect(10, 2_500);
  replies.received(2_600);
  assert.is(replies.gapMs, 365.625, 'a shorter one changes nothing');
  replies.received(9_000);
  assert.is(replies.gapMs, 0);
  replies.expect(10, 9_000);
  replies.received(30_000);
  assert.is(replies.gapMs, 600, 'none is longer');
});

test.run();
