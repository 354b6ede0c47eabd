/** The table of a look, applied to frames of video. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookUpIn } from '../../../pipelines/look/apply.ts';
import { parseCube } from '../../../pipelines/look/cube.ts';
import { LookLayer } from '../../../pipelines/look/layer.ts';
import { OWN_LOOKS, ownLook } from '../../../pipelines/look/own-looks.ts';
import {
  applyTable,
  buildTable,
  type LookTable,
  type Matrix,
  matrixOf,
} from '../../../pipelines/look/table.ts';
import { seeded } from '../../support/seeded.ts';
import { renderCube } from './support/render-cube.ts';

const test = suite('look over frames');

const SIZE = { widthPx: 64, heightPx: 48 };
const BYTES = (64 * 48 * 3) / 2;
const WEIGHTS = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722] } as const;

const STRONG = parseCube(
  renderCube('3D', 17, (r, g, b) => [
    Math.min(1, 1.1 * r ** 0.8),
    0.1 + 0.85 * g * (1 - 0.2 * r),
    Math.min(1, b ** 1.4 + 0.2 * r * g),
  ]),
);
if ('reason' in STRONG) throw new Error(STRONG.reason);
const look = lookUpIn(STRONG);
/** Each is built once: it takes a second. */
const TABLES = { bt601: once('bt601'), bt709: once('bt709') } as const;

function once(matrix: Matrix): () => LookTable {
  let table: LookTable | undefined;
  return () => {
    table ??= buildTable(look, matrix);
    return table;
  };
}

/** Video as it comes out of colours that exist: one colour for each two by two pixels, luma apart. */
function frameOf(matrix: Matrix, seed: number): Buffer {
  const random = seeded(seed);
  const frame = Buffer.alloc(BYTES);
  for (let y = 0; y < 24; y += 1) {
    for (let x = 0; x < 32; x += 1) {
      const [luma, cb, cr] = toVideo(random(), random(), random(), matrix);
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        const near = Math.round(luma + (random() - 0.5) * 8);
        frame[(y * 2 + dy) * 64 + x * 2 + dx] = Math.min(235, Math.max(16, near));
      }
      frame[64 * 48 + y * 32 + x] = Math.round(cb);
      frame[64 * 48 + 32 * 24 + y * 32 + x] = Math.round(cr);
    }
  }
  return frame;
}

function toVideo(r: number, g: number, b: number, matrix: Matrix) {
  const [kr, kb] = WEIGHTS[matrix];
  const light = kr * r + (1 - kr - kb) * g + kb * b;
  return [
    16 + 219 * light,
    128 + (112 * (b - light)) / (1 - kb),
    128 + (112 * (r - light)) / (1 - kr),
  ] as const;
}

/** The same by the arithmetic, pixel by pixel. */
function wantedPixel([luma, cb, cr]: readonly [number, number, number], matrix: Matrix) {
  const [kr, kb] = WEIGHTS[matrix];
  const unit = (value: number) => Math.min(1, Math.max(0, value));
  const y = (luma - 16) / 219;
  const r = unit(y + ((cr - 128) / 112) * (1 - kr));
  const b = unit(y + ((cb - 128) / 112) * (1 - kb));
  const green = y - (kr * (cr - 128) * (1 - kr) + kb * (cb - 128) * (1 - kb)) / 112 / (1 - kr - kb);
  const out = new Float32Array(3);
  look(r, unit(green), b, out);
  return toVideo(unit(out[0] ?? 0), unit(out[1] ?? 0), unit(out[2] ?? 0), matrix);
}

for (const matrix of ['bt601', 'bt709'] as const) {
  test(`each pixel of a frame is within 1 of the look, ${matrix}`, () => {
    const frame = frameOf(matrix, 15);
    const out = Buffer.alloc(BYTES);
    applyTable(frame, out, SIZE, TABLES[matrix]());
    for (let y = 0; y < 48; y += 2) {
      for (let x = 0; x < 64; x += 2) {
        const chroma = 64 * 48 + (y / 2) * 32 + x / 2;
        const [cb, cr] = [frame[chroma] ?? 0, frame[chroma + 768] ?? 0];
        const places = [y * 64 + x, y * 64 + x + 1, (y + 1) * 64 + x, (y + 1) * 64 + x + 1];
        const wanted = places.map((at) => wantedPixel([frame[at] ?? 0, cb, cr], matrix));
        const isNear = (at: number, value: number) => Math.abs((out[at] ?? 0) - value) <= 1;
        for (const [i, at] of places.entries()) {
          assert.ok(isNear(at, wanted[i]?.[0] ?? -9), `luma at ${x},${y}`);
        }
        const mean = (part: 1 | 2) => wanted.reduce((sum, one) => sum + one[part], 0) / 4;
        assert.ok(isNear(chroma, mean(1)), `Cb at ${x},${y}`);
        assert.ok(isNear(chroma + 768, mean(2)), `Cr at ${x},${y}`);
      }
    }
  });
}

test('a frame without a look is the frame itself, and one with a look leaves it as it was', () => {
  const frame = frameOf('bt601', 7);
  const before = Buffer.from(frame);
  const layer = new LookLayer(SIZE);
  assert.is(layer.apply(frame), frame);
  assert.is(layer.takeCost(), undefined);
  layer.set(Buffer.from(TABLES.bt601().buffer));
  assert.not(layer.apply(frame).equals(before));
  assert.ok(frame.equals(before));
  assert.ok((layer.takeCost()?.costMs ?? -1) >= 0);
  assert.is(layer.takeCost(), undefined);
  assert.throws(() => layer.set(Buffer.alloc(3)), /no table/);
  layer.set(undefined);
  assert.is(layer.apply(frame), frame);
});

test('the identity leaves a frame of one colour as it is', () => {
  const identity = buildTable((r, g, b, out) => out.set([r, g, b]), 'bt709');
  for (const colour of [
    [16, 128, 128],
    [235, 128, 128],
    [126, 128, 128],
    toVideo(0.2, 0.5, 0.8, 'bt709').map(Math.round),
    toVideo(0.9, 0.3, 0.2, 'bt709').map(Math.round),
  ]) {
    const frame = Buffer.concat([
      ...[Buffer.alloc(64 * 48, colour[0]), Buffer.alloc(768, colour[1])],
      Buffer.alloc(768, colour[2]),
    ]);
    const out = Buffer.alloc(BYTES);
    applyTable(frame, out, SIZE, identity);
    assert.ok(
      out.every((value, i) => Math.abs(value - (frame[i] ?? 0)) <= 1),
      colour.join(),
    );
  }
});

test('each look of the box leaves black dark and white bright, and the greys in their order', () => {
  const out = new Float32Array(3);
  for (const name of OWN_LOOKS) {
    const greys = Array.from({ length: 33 }, (_, i) => {
      ownLook(name)(i / 32, i / 32, i / 32, out);
      return (out[0] ?? 0) + (out[1] ?? 0) + (out[2] ?? 0);
    });
    assert.ok((greys[0] ?? 9) < 0.3 && (greys.at(-1) ?? 0) > 2.7, `${name}: ${greys}`);
    assert.equal(
      greys,
      greys.toSorted((a, b) => a - b),
      name,
    );
  }
});

test('GStreamer takes a picture of 577 lines or more for BT.709', () => {
  assert.is(matrixOf(576), 'bt601');
  assert.is(matrixOf(720), 'bt709');
});

test.run();
