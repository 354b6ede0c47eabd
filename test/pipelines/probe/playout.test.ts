/** The probe's player without a screen, and what caches say. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { edgeOf } from '../../../pipelines/probe/edge-hit.ts';
import { filesOf } from '../../../pipelines/probe/page.ts';
import { aheadOf } from '../../../pipelines/probe/picture.ts';
import { Playout } from '../../../pipelines/probe/playout.ts';

const test = suite('probe viewer');
const PART_MS = 200;
const DATE_MS = Date.UTC(2026, 10, 29, 20);

/** Parts that arrive some time after their last picture, each `delays` in turn; returns lags in ms. */
function play(delaysMs: readonly number[], parts: number) {
  const playout = new Playout(0);
  const lagsMs: number[] = [];
  const arrivals = Array.from({ length: parts }, (_, i) => ({
    // A player begins with some parts at once.
    atMs: Math.max(3, i + 1) * PART_MS + (delaysMs[i % delaysMs.length] ?? 0),
    dateMs: DATE_MS + i * PART_MS,
  }));
  let next = 0;
  for (let nowMs = 0; nowMs < parts * PART_MS; nowMs += 10) {
    for (; (arrivals[next]?.atMs ?? Infinity) <= nowMs; next += 1) {
      playout.addPart(arrivals[next]?.dateMs ?? 0, PART_MS, arrivals[next]?.atMs ?? 0);
    }
    playout.advance(nowMs);
    const { positionMs } = playout;
    if (positionMs !== undefined && nowMs > 20_000) lagsMs.push(nowMs + DATE_MS - positionMs);
  }
  return { playout, lagsMs: lagsMs.toSorted((a, b) => a - b) };
}

test('with parts in time it plays about a third of a second behind, and never stalls', () => {
  const { playout, lagsMs } = play([20], 300);
  assert.is(playout.stalls, 0);
  const p50 = lagsMs[lagsMs.length >> 1] ?? 0;
  assert.ok(p50 > 250 && p50 < 450, `${p50} ms`);
});

test('a part that is a second late is one stall, as long as it was missing', () => {
  const delays = Array.from({ length: 300 }, (_, i) => (i === 150 ? 1_000 : 20));
  const { playout } = play(delays, 300);
  assert.is(playout.stalls, 1);
  assert.ok(playout.stalledMs > 500 && playout.stalledMs < 1_000, `${playout.stalledMs} ms`);
});

test('parts that are lost are skipped, and what is shown goes on from what came', () => {
  const playout = new Playout(0);
  playout.addPart(DATE_MS, PART_MS, 0);
  playout.advance(1_000);
  assert.is(playout.positionMs, undefined);
  playout.addPart(DATE_MS + 5_000, PART_MS, 1_500);
  playout.advance(1_510);
  assert.ok((playout.positionMs ?? 0) >= DATE_MS + 5_000);
  assert.is(playout.stalls, 1);
});

test('with sound it plays what has come of both, and waits for the later one', () => {
  const SOUND_MS = 213;
  const playout = new Playout(0);
  playout.expectTracks(2);
  const parts = [0, 1].flatMap((track) => {
    const lengthMs = track === 0 ? PART_MS : SOUND_MS;
    return Array.from({ length: 200 }, (_, n) => ({
      ...{ track, lengthMs, dateMs: DATE_MS + n * lengthMs },
      // The sound is away for a second.
      atMs: (n + 1) * lengthMs + (track === 1 && n > 100 && n <= 105 ? 1_000 : 20),
    }));
  });
  const lagsMs: number[] = [];
  let next = 0;
  const arrivals = parts.toSorted((a, b) => a.atMs - b.atMs);
  for (let nowMs = 0; nowMs < 40_000; nowMs += 10) {
    for (; next < arrivals.length; next += 1) {
      const one = arrivals[next];
      if (one === undefined || one.atMs > nowMs) break;
      playout.addPart(one.dateMs, one.lengthMs, one.atMs, one.track);
    }
    playout.advance(nowMs);
    const { positionMs } = playout;
    if (positionMs === undefined) continue;
    const ends = [0, 1].map((track) => {
      const last = arrivals.slice(0, next).findLast((one) => one.track === track);
      return (last?.dateMs ?? 0) + (last?.lengthMs ?? 0);
    });
    assert.ok(positionMs <= Math.min(...ends) + 0.01, `${nowMs} ms`);
    if (nowMs > 10_000 && nowMs < 20_000) lagsMs.push(nowMs + DATE_MS - positionMs);
  }
  assert.is(playout.stalls, 1);
  const p50 = lagsMs.toSorted((a, b) => a - b)[lagsMs.length >> 1] ?? 0;
  const alone = play([20], 300);
  const p50Alone = alone.lagsMs[alone.lagsMs.length >> 1] ?? 0;
  assert.ok(p50 > p50Alone && p50 < p50Alone + 60, `${p50} ms, of the picture alone ${p50Alone}`);
});

test('whatever arrives, it never shows what has not come, nor goes back', () => {
  const part = fc.record({
    afterMs: fc.integer({ min: 0, max: 900 }),
    skip: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const playout = new Playout(0);
      let [nowMs, endMs, shownMs] = [0, 0, 0];
      for (const { afterMs, skip } of parts) {
        nowMs += afterMs;
        const dateMs = Math.max(endMs, DATE_MS) + skip * PART_MS;
        endMs = dateMs + PART_MS;
        playout.addPart(dateMs, PART_MS, nowMs);
        const { positionMs = shownMs } = playout;
        assert.ok(positionMs <= endMs + 1e-6);
        assert.ok(positionMs >= shownMs - 1e-6);
        shownMs = positionMs;
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a cache in front of the box is told from the box itself', () => {
  const of = (headers: Readonly<Record<string, string>>) => edgeOf((name) => headers[name] ?? null);
  assert.is(of({ 'cache-status': 'venuebox; hit' }), 'none');
  assert.is(of({}), 'none');
  assert.is(of({ 'cache-status': 'venuebox; hit, venuebox-edge; hit; ttl=1' }), 'hit');
  assert.is(of({ 'cache-status': 'venuebox; hit, cdn; fwd=miss; detail="a, hit"' }), 'miss');
  assert.is(of({ 'cf-cache-status': 'HIT' }), 'hit');
  assert.is(of({ 'x-cache': 'Miss from cloudfront' }), 'miss');
  assert.is(of({ age: '3' }), 'hit');
});

test('of a page the files of its own address are fetched', () => {
  const html =
    '<link rel="stylesheet" href="./player.css?a=1&amp;b=2"><script src="player.js"></script>' +
    '<link rel="preload" as="fetch" href="./live/index.m3u8">' +
    '<img alt="" src="https://elsewhere.example/x.png"><a href="other.html">x</a>';
  assert.equal(filesOf(html, 'http://box:8080/'), [
    'http://box:8080/player.css?a=1&b=2',
    'http://box:8080/player.js',
  ]);
});

test('the stream’s dates against the clock in the picture, over its wrap', () => {
  const wrapMs = 2 ** 24;
  for (const nowMs of [wrapMs * 3 + 100, wrapMs * 3 + 900_000.4]) {
    const capturedMs = Math.floor(nowMs) - 350;
    assert.is(aheadOf(capturedMs + 5_000_000, capturedMs % wrapMs, nowMs), 5_000_000);
  }
});

test.run();
