/** Peak and RMS levels. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LevelMeter, SILENCE_DBFS } from '../../../pipelines/media/levels.ts';

const test = suite('sound levels');

/** Stereo, 0.1 s: a sine on the left, silence on the right. */
function sound(amplitude: number): Buffer {
  const bytes = Buffer.alloc(4_800 * 4);
  for (let i = 0; i < 4_800; i += 1) {
    bytes.writeInt16LE(Math.round(amplitude * Math.sin((i * 2 * Math.PI) / 48)), i * 4);
  }
  return bytes;
}

test('a full-scale sine peaks at 0 dBFS with an RMS of -3, and silence has a floor', () => {
  const [levels] = new LevelMeter(2, 48_000).push(sound(32_767));
  assert.equal(levels, { peakDbfs: [0, SILENCE_DBFS], rmsDbfs: [-3, SILENCE_DBFS] });
});

test('ten reports a second, however the sound is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }), (sizes) => {
      const meter = new LevelMeter(2, 48_000);
      const bytes = Buffer.concat(Array.from({ length: 10 }, () => sound(3_277)));
      let reports = 0;
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const size = sizes[i % sizes.length] ?? 1;
        const levels = meter.push(bytes.subarray(at, at + size));
        reports += levels.length;
        for (const { peakDbfs } of levels) assert.equal(peakDbfs, [-20, SILENCE_DBFS]);
        at += size;
      }
      assert.is(reports, 10);
    }),
    { numRuns: 20 },
  );
});

test.run();
