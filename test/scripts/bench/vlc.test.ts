/** VLC's frames, as they come through a pipe in pieces of any length. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader } from '../../../scripts/bench/players/vlc.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('frames of VLC');

/** One frame whose luma is all `value`; its chroma is nothing that a reader looks at. */
function frameOf(width: number, height: number, value: number): Buffer {
  const luma = Buffer.alloc(width * height, value);
  return Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc(luma.length / 2, 0x0a)]);
}

test('each frame is read once, also after VLC has opened its output again in another size', () => {
  const bytes = Buffer.concat([
    Buffer.from('YUV4MPEG2 W64 H36 F25:1 Ip A1:1\n'),
    ...[1, 2, 3].map((value) => frameOf(64, 36, value)),
    Buffer.from('YUV4MPEG2 W128 H72 F25:1 Ip A1:1\n'),
    ...[4, 5].map((value) => frameOf(128, 72, value)),
  ]);
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seeded(seed);
    const seen: (readonly [number, number, number])[] = [];
    const reader = new FrameReader((luma, widthPx) => {
      seen.push([widthPx, luma.length, luma.at(-1) ?? 0]);
    });
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + Math.floor(random() * 4_000);
      reader.push(bytes.subarray(at, at + length));
      at += length;
    }
    const small = [1, 2, 3].map((value) => [64, 64 * 36, value]);
    const large = [4, 5].map((value) => [128, 128 * 72, value]);
    assert.equal(seen, [...small, ...large], `seed ${seed}`);
  }
});

test.run();
