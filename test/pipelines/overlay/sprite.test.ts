/** What is drawn over a frame, and the frame afterwards. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codeSizes, codeSprite, nearestPct } from '../../../pipelines/overlay/code-sprite.ts';
import { CORNERS, placeIn, textWidthPx } from '../../../pipelines/overlay/layout.ts';
import { drawOverlay } from '../../../pipelines/overlay/overlay.ts';
import { type Sprite, SpriteLayer } from '../../../pipelines/overlay/sprite.ts';
import { readPixels } from '../../../pipelines/scan/read-code.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('overlay');
const HD = { widthPx: 1280, heightPx: 720 };
const LINK = 'https://shop.example.org/poster';

function noise({ widthPx, heightPx }: typeof HD, seed: number): Buffer {
  const random = seeded(seed);
  return Buffer.from(
    Uint8Array.from({ length: (widthPx * heightPx * 3) / 2 }, () => random() * 256),
  );
}

const size = { widthPx: 64, heightPx: 48 };
const sprites = fc
  .record({
    leftPx: fc.integer({ min: -2, max: 70 }),
    topPx: fc.integer({ min: -2, max: 50 }),
    widthPx: fc.integer({ min: 1, max: 70 }),
    heightPx: fc.integer({ min: 1, max: 50 }),
    grey: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ grey, ...area }): Sprite => {
    const luma = Buffer.alloc(area.widthPx * area.heightPx, grey).toString('base64');
    return { ...area, luma };
  });

test('a frame is as before once it was used, whatever was drawn over it', () => {
  fc.assert(
    fc.property(fc.array(sprites, { maxLength: 4 }), fc.integer(), (drawn, seed) => {
      const frame = noise(size, seed);
      const before = Buffer.from(frame);
      const layer = new SpriteLayer(size);
      layer.set(drawn);
      layer.over(frame, () => undefined);
      assert.throws(() =>
        layer.over(frame, () => {
          throw new Error('push failed');
        }),
      );
      return frame.equals(before);
    }),
    { seed: 15 },
  );
});

test('while it is used the frame has the sprites, grey, and all else as it was', () => {
  const frame = noise(size, 7);
  const before = Buffer.from(frame);
  const layer = new SpriteLayer(size);
  const area = { leftPx: 10, topPx: 6, widthPx: 5, heightPx: 3 };
  layer.set([{ ...area, luma: Buffer.alloc(15, 200).toString('base64') }]);
  let isUsed = false;
  layer.over(frame, () => {
    isUsed = true;
    for (const [i, value] of frame.entries()) {
      const isLuma = i < 64 * 48;
      const [x, y] = isLuma
        ? [i % 64, Math.floor(i / 64)]
        : [(i % 32) * 2, Math.floor(((i - 64 * 48) % (32 * 24)) / 32) * 2];
      const isInside = x >= 10 && x < 15 && y >= 6 && y < 9;
      assert.is(value, isInside ? (isLuma ? 200 : 128) : before[i], `at ${x},${y}`);
    }
  });
  assert.ok(isUsed);
});

test('a code has a quiet zone of four white modules, and is read in each corner', () => {
  const sizes = codeSizes(LINK, HD, 360);
  assert.ok(sizes);
  for (const corner of CORNERS) {
    const sizePct = nearestPct(22, sizes);
    const sprite = codeSprite({ link: LINK, corner, sizePct }, HD);
    const luma = Buffer.from(sprite.luma, 'base64');
    const modulePx = Math.round(sizePct / sizes.stepPct);
    const isQuiet = (n: number) => n < 4 * modulePx || n >= sprite.widthPx - 4 * modulePx;
    for (const [i, value] of luma.entries()) {
      const [x, y] = [i % sprite.widthPx, Math.floor(i / sprite.widthPx)];
      if (isQuiet(x) || isQuiet(y)) assert.is(value, 235);
    }
    const data = new Uint8ClampedArray(luma.length * 4);
    for (const [i, value] of luma.entries()) data.set([value, value, value, 255], i * 4);
    assert.is(readPixels({ data, width: sprite.widthPx, height: sprite.heightPx }), LINK);
    assert.ok(sprite.leftPx >= 0 && sprite.leftPx + sprite.widthPx <= HD.widthPx);
    assert.ok(sprite.topPx >= 0 && sprite.topPx + sprite.heightPx <= HD.heightPx);
  }
});

test('modules have three pixels or more in the smallest rendition, where there is room', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 213 }),
      fc.constantFrom(180, 240, 360, 480),
      fc.integer({ min: 10, max: 60 }),
      (length, smallestPx, wantedPct) => {
        const link = `https://shop.example.org/${'x'.repeat(length)}`.slice(0, length);
        const sizes = codeSizes(link, HD, smallestPx);
        if (sizes === undefined) return false;
        const sizePct = nearestPct(wantedPct, sizes);
        const sprite = codeSprite({ link, corner: 'top-left', sizePct }, HD);
        const inSmallest = (sizePct / sizes.stepPct) * (smallestPx / 720);
        const isLargest = sizePct > sizes.mostPct - 0.01;
        return (inSmallest >= 2.99 || isLargest) && sprite.heightPx <= 0.6 * 720;
      },
    ),
    { seed: 15, numRuns: 40 },
  );
});

test('a picture that is too small for the link gets no code', () => {
  const link = `https://shop.example.org/${'x'.repeat(180)}`;
  assert.is(codeSizes(link, { widthPx: 160, heightPx: 90 }, 90), undefined);
});

test('title, lower third and code overlap nowhere, wherever the code is and however long the texts', async () => {
  for (const picture of [HD, { widthPx: 720, heightPx: 1280 }, { widthPx: 320, heightPx: 180 }]) {
    for (const corner of CORNERS) {
      const sizes = codeSizes(LINK, picture, 180);
      assert.ok(sizes);
      const code = { link: LINK, corner, sizePct: sizes.mostPct };
      const text = 'A very long title <b>& all its words, as hosts write them</b>';
      const wanted = { code, title: text, name: text, line: 'שלום' };
      const drawn = await drawOverlay(wanted, picture);
      assert.is(drawn.textFault, undefined);
      assert.is(drawn.sprites.length, 3);
      for (const [i, one] of drawn.sprites.entries()) {
        assert.ok(one.leftPx + one.widthPx <= picture.widthPx && one.leftPx >= 0);
        assert.ok(one.topPx + one.heightPx <= picture.heightPx && one.topPx >= 0);
        for (const other of drawn.sprites.slice(i + 1)) {
          const isApart =
            one.leftPx + one.widthPx <= other.leftPx ||
            other.leftPx + other.widthPx <= one.leftPx ||
            one.topPx + one.heightPx <= other.topPx ||
            other.topPx + other.heightPx <= one.topPx;
          assert.ok(isApart, `${picture.widthPx} ${corner}`);
        }
      }
    }
  }
});

test('texts alone may be as wide as the picture without its margins', () => {
  assert.is(textWidthPx(HD, 0), 1280 - 3 * 28);
  assert.equal(placeIn('top-left', { widthPx: 10, heightPx: 10 }, HD), {
    ...{ leftPx: 28, topPx: 28, widthPx: 10, heightPx: 10 },
  });
});

test.run();
