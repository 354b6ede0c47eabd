/** What the encoders get of a source's sound, by the clock that its stamps have. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SoundFeed } from '../../../pipelines/capture/sound-feed.ts';

const test = suite('sound feed');

const RATE = 48_000;
const START_US = 1e9;
const FRAME = 1_024;
const FRAMES = 17;

test('a piece of a stream that comes at once is played frame by frame until its end', async () => {
  let nowUs = START_US;
  const loud: number[] = [];
  const feed = new SoundFeed({ sampleRateHz: RATE, channels: [1] }, START_US, {
    nowUs: () => nowUs,
    push: (samples, ptsNs) => {
      const at = Math.round((Number(ptsNs) * RATE) / 1e9);
      for (let i = 0; i < samples.length / 2; i += 1) {
        if (samples.readInt16LE(2 * i) !== 0) loud.push(at + i);
      }
    },
  });
  try {
    feed.start();
    feed.begin();
    feed.setCaps('audio/x-raw, channels=(int)1');
    feed.setClock(0);
    for (let i = 0; i < FRAMES; i += 1) {
      const samples = Buffer.from(new Int16Array(FRAME).fill(9_000).buffer);
      feed.add(samples, START_US + (i * FRAME * 1e6) / RATE);
    }
    assert.ok(loud.length < 5 * FRAME, 'not before its time');
    nowUs += 400_000;
    for (const endMs = performance.now() + 60_000; performance.now() < endMs; await sleep(20)) {
      if (loud.length >= FRAMES * FRAME - 1) break;
    }
    assert.is(loud.length, FRAMES * FRAME - 1, 'the first sample is faded in from 0');
    assert.is(loud.at(-1), FRAMES * FRAME - 1);
  } finally {
    feed.stop();
  }
});

test.run();
