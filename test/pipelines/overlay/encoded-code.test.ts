/** The code in the picture, read off real encoded frames by two decoders. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readEncodedCodes } from '../../support/media/encoded-codes.ts';

const test = suite('code in encoded frames');

test('at 300 kb/s over noise, two decoders read the code off every rendition', async () => {
  const reads = await readEncodedCodes({
    frames: 12,
    bitrateBps: 300_000,
    speed: 'superfast',
    link: 'https://shop.example.org/poster',
    sizePct: 22,
    picture: { widthPx: 1280, heightPx: 720 },
    renditions: [
      { width: 1280, height: 720 },
      { width: 854, height: 480 },
      { width: 640, height: 360 },
    ],
  });
  assert.is(reads.length, 3);
  for (const { rendition, frames, jsqr, zxing } of reads) {
    assert.is(frames, 12, rendition);
    assert.is(jsqr, frames, `${rendition} by jsqr`);
    assert.is(zxing, frames, `${rendition} by zxing`);
  }
});

test.run();
