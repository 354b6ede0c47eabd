/** Changes of rendition: bounded, by throughput and by dropped frames. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addArrival,
  addFrames,
  addTransfer,
  afterInterruption,
  afterSwitch,
  chooseRendition,
  openHistory,
  whileHidden,
} from '../../../../pipelines/player/playback/rendition-choice.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('choice of rendition');

const BANDWIDTHS_BPS = [700_000, 1_300_000, 2_400_000];
const STEP_MS = 100;

interface Second {
  readonly rateBps: number;
  readonly droppedRatio: number;
  readonly isStalled: boolean;
}

/** Plays one device on one network, a second each, and returns the renditions by time. */
function play(seconds: readonly Second[], droppedFrom = 0): { atMs: number; index: number }[] {
  let history = openHistory(0);
  let index = 0;
  let [shown, dropped] = [0, 0];
  const played: { atMs: number; index: number }[] = [];
  for (let atMs = 0; atMs < seconds.length * 1000; atMs += STEP_MS) {
    const now = seconds[Math.floor(atMs / 1000)] as Second;
    history = addTransfer(history, { bytes: 20_000, ms: (20_000 * 8000) / now.rateBps });
    shown += 3;
    if (index >= droppedFrom) dropped += 3 * now.droppedRatio;
    history = addFrames(history, { shown, dropped }, atMs);
    if (now.isStalled) history = afterInterruption(history, atMs);
    const next = chooseRendition(history, BANDWIDTHS_BPS, index, atMs);
    if (next !== index) history = afterSwitch(history, index, next, atMs);
    index = next;
    played.push({ atMs, index });
  }
  return played;
}

const steady = (second: Partial<Second>, count: number): Second[] =>
  Array.from({ length: count }, () => ({
    rateBps: 50e6,
    droppedRatio: 0,
    isStalled: false,
    ...second,
  }));

test('on any network and device: one step at a time, at most one change up in 10 s', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(seed);
    const seconds = Array.from({ length: 120 }, () => ({
      rateBps: 10 ** (5 + 3 * random()),
      droppedRatio: random() < 0.2 ? random() : 0,
      isStalled: random() < 0.05,
    }));
    const played = play(seconds);
    let upMs = Number.NEGATIVE_INFINITY;
    for (const [i, { atMs, index }] of played.entries()) {
      const before = played[i - 1]?.index ?? 0;
      assert.ok(Math.abs(index - before) <= 1, `seed ${seed}: more than one step at ${atMs} ms`);
      assert.ok(index >= 0 && index < BANDWIDTHS_BPS.length);
      if (index <= before) continue;
      assert.ok(atMs - upMs >= 10_000, `seed ${seed}: up again after ${atMs - upMs} ms`);
      upMs = atMs;
    }
  }
});

test('a fast device on a fast network gets the highest rendition within 15 s, and stays there', () => {
  const played = play(steady({}, 120));
  assert.ok(played.filter(({ atMs }) => atMs > 15_000).every(({ index }) => index === 2));
});

test('a device that drops frames of a rendition leaves it within 4 s, and does not try it again for two minutes', () => {
  const played = play(steady({ droppedRatio: 0.5 }, 120), 2);
  const first = played.findIndex(({ index }) => index === 2);
  const after = played.slice(first).filter(({ atMs }) => atMs > (played[first]?.atMs ?? 0) + 4_000);
  assert.ok(first > 0 && after.length > 500);
  assert.ok(after.every(({ index }) => index === 1));
});

test('a network that becomes slow: down within 2 s', () => {
  const played = play([...steady({}, 30), ...steady({ rateBps: 500_000 }, 30)]);
  assert.is(played.find(({ atMs }) => atMs === 29_000)?.index, 2);
  assert.ok(played.filter(({ atMs }) => atMs > 34_000).every(({ index }) => index === 0));
});

test('a device that stalls again and again, on a fast network: down, and not up again for a minute', () => {
  const stallsS = [31, 35, 39];
  const seconds = steady({}, 120).map((one, s) => ({ ...one, isStalled: stallsS.includes(s) }));
  const played = play(seconds);
  assert.is(played.find(({ atMs }) => atMs === 30_000)?.index, 2);
  const downMs = played.find(({ atMs, index }) => atMs > 30_000 && index === 1)?.atMs ?? 0;
  assert.ok(downMs > 0);
  const minute = played.filter(({ atMs }) => atMs >= downMs && atMs < downMs + 60_000);
  assert.ok(minute.every(({ index }) => index === 1));
  assert.is(played.at(-1)?.index, 2);
});

test('two stalls, one long one, or a page in the background change nothing', () => {
  const often = (at: readonly number[], change = afterInterruption) => {
    let history = openHistory(0);
    for (let i = 0; i < 12; i += 1) history = addTransfer(history, { bytes: 20_000, ms: 3 });
    for (const atMs of at) history = change(history, atMs);
    return chooseRendition(history, BANDWIDTHS_BPS, 2, (at.at(-1) ?? 0) + 100);
  };
  assert.is(often([1_000, 5_000]), 2);
  assert.is(often([1_000, 1_500, 2_200, 3_000]), 2);
  assert.is(often([1_000, 9_000, 17_000]), 2);
  assert.is(often([1_000, 5_000, 9_000]), 1);
  assert.is(often([1_000, 5_000, 9_000], whileHidden), 2);
});

/** Which rendition follows the second-highest, where its parts take so long, and come so late. */
function onLine(seed: number, lateMs: (atMs: number, random: () => number) => number) {
  const random = seeded(seed);
  let history = openHistory(0);
  let index = 1;
  for (let atMs = 0; atMs < 60_000 && index === 1; atMs += STEP_MS) {
    // In short bursts: each part alone looks as if the line were too slow.
    history = addTransfer(history, { bytes: 16_000, ms: 80 + 120 * random() });
    history = addArrival(history, lateMs(atMs, random), atMs);
    index = chooseRendition(history, BANDWIDTHS_BPS, 1, atMs);
  }
  return index;
}

test('jitter, and parts that come late one by one, change nothing', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const late = (_atMs: number, random: () => number) =>
      300 + 60 * random() + (random() < 0.15 ? 200 : 0);
    assert.is(onLine(seed, late), 1, `seed ${seed}`);
  }
});

test('parts that come later and later from some time on: down', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const fromMs = 5_000 + 20_000 * seeded(seed)();
    const late = (atMs: number, random: () => number) =>
      300 + 60 * random() + 0.2 * Math.max(0, atMs - fromMs);
    assert.is(onLine(seed, late), 0, `seed ${seed}`);
  }
});

test.run();
