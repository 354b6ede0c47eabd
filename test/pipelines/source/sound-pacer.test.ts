/** Whatever a sound source does, continuous sound leaves, in its place in time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PacedSound, SoundPacer } from '../../../pipelines/source/sound-pacer.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('sound pacer');
const RATE = 48_000;
const usOf = (samples: number) => (samples * 1e6) / RATE;

interface Block {
  readonly samples: Int16Array;
  readonly capturedUs: number;
  readonly arrivedUs: number;
}

/** Runs the pacer as its shell does, and joins what it sends. */
function pace(blocks: readonly Block[], endUs: number, { channels = 1, isStamped = true } = {}) {
  const pacer = new SoundPacer({ sampleRateHz: RATE, channels, startUs: 0 });
  const joined: number[] = [];
  let latestUs = 0;
  const take = (out: readonly PacedSound[], atUs: number) => {
    for (const { index, samples } of out) {
      assert.is(index * channels, joined.length, 'continuous');
      for (const sample of samples) joined.push(sample);
      latestUs = Math.max(latestUs, atUs - usOf(joined.length / channels));
    }
  };
  const runUntil = (untilUs: number) => {
    for (let atUs = pacer.nextDueUs; atUs < untilUs; atUs = pacer.nextDueUs) {
      take(pacer.tick(atUs + 10_000), atUs + 10_000);
    }
  };
  for (const block of blocks.toSorted((a, b) => a.arrivedUs - b.arrivedUs)) {
    runUntil(block.arrivedUs);
    const capturedUs = isStamped ? block.capturedUs : undefined;
    take(pacer.add(block.samples, capturedUs, block.arrivedUs), block.arrivedUs);
  }
  runUntil(endUs);
  return { joined, latestUs, pacer };
}

/** A tone that says its own time: sample n is n mod 1000. */
function card(options: {
  readonly seconds: number;
  readonly blockSamples?: number;
  readonly delayUs?: number;
  readonly jitterUs?: number;
  readonly random?: () => number;
  readonly fromUs?: number;
  readonly isThere?: (atUs: number) => boolean;
}): readonly Block[] {
  const { seconds, blockSamples = 480, delayUs = 2_000, jitterUs = 0, fromUs = 0 } = options;
  const { random = () => 0.5, isThere = () => true } = options;
  return Array.from({ length: Math.floor((seconds * RATE) / blockSamples) }, (_, i) => {
    const first = i * blockSamples;
    const samples = Int16Array.from({ length: blockSamples }, (__, n) => 1 + ((first + n) % 1000));
    const capturedUs = fromUs + usOf(first);
    const arrivedUs = capturedUs + usOf(blockSamples) + delayUs + random() * jitterUs;
    return { samples, capturedUs, arrivedUs };
  }).filter(({ capturedUs }) => isThere(capturedUs));
}

test('a steady card goes through sample by sample', () => {
  for (const blockSamples of [480, 1024, 1920]) {
    const blocks = card({ seconds: 5, blockSamples, jitterUs: 5_000, random: seeded(1) });
    const { joined, latestUs } = pace(blocks, 5e6);
    const steady = joined.slice(RATE, 4.8 * RATE);
    for (const [i, sample] of steady.entries()) assert.is(sample, 1 + ((RATE + i) % 1000));
    assert.ok(latestUs < 100_000);
  }
});

test('several frames of a packet come at once, and all of them are played', () => {
  // AAC of 48, 16 and 8 kHz; the packet has the time of its first frame, when it comes.
  for (const [frames, blockSamples] of [
    [4, 1_024],
    [6, 1_024],
    [2, 3_072],
    [2, 6_144],
  ] as const) {
    const blocks = card({ seconds: 6, blockSamples }).map((block, i) => {
      const first = Math.floor(i / frames) * frames;
      return { ...block, arrivedUs: usOf(first * blockSamples) + 200 * (i - first) };
    });
    const { joined } = pace(blocks, 5e6);
    const wrong = joined.findIndex((sample, at) => at > RATE && sample !== 1 + (at % 1000));
    assert.ok(wrong < 0 || wrong > 4 * RATE, `${frames} of ${blockSamples}: ${wrong}`);
  }
});

test('gaps of any length are silence in their place, and what follows is in its own', () => {
  const random = seeded(2);
  for (let round = 0; round < 60; round += 1) {
    const fromUs = 1e6 + random() * 1e6;
    const toUs = fromUs + random() * 3e6;
    const blocks = card({
      seconds: 6,
      delayUs: random() * 30_000,
      jitterUs: 5_000,
      random,
      isThere: (atUs) => atUs < fromUs || atUs > toUs,
    });
    const { joined, latestUs } = pace(blocks, 6e6);
    assert.ok(latestUs < 150_000, `on time: ${latestUs}`);
    const at = (us: number) => joined[Math.round((us * RATE) / 1e6)];
    if (toUs - fromUs > 40_000) assert.is(at((fromUs + toUs) / 2 + 6_000), 0);
    const after = Math.round(((toUs + 200_000) * RATE) / 1e6);
    assert.is(joined[after], 1 + (after % 1000), 'in its place again');
  }
});

test('a burst that comes too late is left out, and leaves no delay behind', () => {
  const blocks = card({ seconds: 6 }).map((block) => {
    const isHeld = block.arrivedUs > 2e6 && block.arrivedUs < 2.5e6;
    return isHeld ? { ...block, arrivedUs: 2.5e6 } : block;
  });
  const { joined } = pace(blocks, 6e6);
  const after = 3 * RATE;
  assert.is(joined[after], 1 + (after % 1000));
});

test('a network that has become slow by a quarter of a second costs half a second of sound, not all of it', () => {
  // 20 ms each, as of a phone: 5 s well, 10 s slow with jitter, 20 s well.
  const random = seeded(7);
  const slow = { delayUs: 250_000, jitterUs: 60_000, random };
  const blocks = [
    ...card({ seconds: 5, blockSamples: 960 }),
    ...card({ seconds: 10, blockSamples: 960, fromUs: 5e6, ...slow }),
    ...card({ seconds: 20, blockSamples: 960, fromUs: 15e6 }),
  ];
  const { joined, pacer } = pace(blocks, 34.9e6);
  const heardS = (fromS: number, toS: number) =>
    joined.slice(fromS * RATE, toS * RATE).filter((sample) => sample !== 0).length / RATE;
  assert.ok(heardS(6, 15) > 8.9, `${heardS(6, 15)} of 9 s are heard`);
  assert.ok(usOf(pacer.silentTotal) < 1.6e6, `${usOf(pacer.silentTotal)} us of silence`);
  // Ten seconds later lips and sound are together again.
  const at = 30 * RATE;
  assert.is(joined[at], 1 + ((at - 15 * RATE) % 1000));
});

test('a card whose clock is 200 ppm off stays within 40 ms for eight hours', () => {
  for (const ppm of [-200, 200]) {
    const pacer = new SoundPacer({ sampleRateHz: RATE, channels: 1, startUs: 0 });
    const random = seeded(3);
    const blockSamples = 9_600;
    let sent = 0;
    let worstMs = 0;
    for (let i = 0; i < (8 * 3600 * RATE) / blockSamples; i += 1) {
      const capturedUs = usOf(i * blockSamples) * (1 + ppm / 1e6);
      const arrivedUs = capturedUs + 200_000 + random() * 5_000;
      const out = pacer.add(new Int16Array(blockSamples), capturedUs, arrivedUs);
      for (const { samples } of out) sent += samples.length;
      if (i > 100) worstMs = Math.max(worstMs, Math.abs(capturedUs + 200_000 - usOf(sent)) / 1000);
    }
    assert.ok(worstMs < 40, `${ppm} ppm: ${worstMs.toFixed(1)} ms`);
    assert.ok(pacer.silentTotal < RATE, `${pacer.silentTotal} samples of silence`);
  }
});

test('time stamps that jump, or are not there, make no gap', () => {
  const jumping = card({ seconds: 6 }).map((block, i) => {
    const jumpUs = i > 200 && i < 300 ? 3_600e6 : i >= 300 ? -100e6 : 0;
    return { ...block, capturedUs: block.capturedUs + jumpUs };
  });
  for (const { pacer } of [pace(jumping, 5.9e6), pace(jumping, 5.9e6, { isStamped: false })]) {
    assert.ok(pacer.silentTotal < RATE / 5, `${pacer.silentTotal}`);
  }
});

test('channels stay together', () => {
  const blocks = card({ seconds: 2 }).map((block) => {
    const stereo = new Int16Array(block.samples.length * 2);
    for (const [i, sample] of block.samples.entries()) stereo.set([sample, -sample], 2 * i);
    return { ...block, samples: stereo };
  });
  const { joined } = pace(blocks, 2e6, { channels: 2 });
  for (let i = RATE; i < 2 * RATE; i += 2) assert.is(joined[i], -(joined[i + 1] ?? 0) || 0);
});

test.run();
