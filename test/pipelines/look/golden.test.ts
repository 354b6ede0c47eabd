/** Looks against ffmpeg's lut1d and lut3d, and against the arithmetic where ffmpeg has none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookUpIn, withStrength } from '../../../pipelines/look/apply.ts';
import { type Cube, parseCube } from '../../../pipelines/look/cube.ts';
import { seeded } from '../../support/seeded.ts';
import { ffmpegFilter } from './support/ffmpeg.ts';
import { type Curve, renderCube } from './support/render-cube.ts';

const test = suite('looks, golden');

const [WIDTH, HEIGHT] = [256, 128];

/** Random colours, the corners of the cube, and all greys. */
function colours(): Buffer {
  const random = seeded(15);
  const pixels = Buffer.from(Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => random() * 256));
  for (let corner = 0; corner < 8; corner += 1) {
    pixels.set([(corner & 1) * 255, ((corner >> 1) & 1) * 255, (corner >> 2) * 255], corner * 3);
  }
  for (let grey = 0; grey < 256; grey += 1) pixels.fill(grey, 24 + grey * 3, 27 + grey * 3);
  return pixels;
}

function applied(cube: Cube, pixels: Buffer): Buffer {
  const look = lookUpIn(cube);
  const out = new Float32Array(3);
  const result = Buffer.alloc(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    look((pixels[i] ?? 0) / 255, (pixels[i + 1] ?? 0) / 255, (pixels[i + 2] ?? 0) / 255, out);
    for (const [n, value] of out.entries()) {
      result[i + n] = Math.round(Math.min(1, Math.max(0, value)) * 255);
    }
  }
  return result;
}

function read(text: string): Cube {
  const cube = parseCube(text);
  if ('reason' in cube) throw new Error(`line ${cube.line}: ${cube.reason}`);
  return cube;
}

function maxDifference(a: Buffer, b: Buffer): number {
  assert.is(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i += 1) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return most;
}

/** Bends, crosses channels, and leaves the range at both ends. */
const STRONG: Curve = (r, g, b) => [
  1.2 * r ** 0.8 - 0.1 * b,
  0.15 + 0.9 * g * (1 - 0.2 * r),
  b ** 1.6 + 0.3 * r * g - 0.05,
];
/** Noise: every cell differs, so that a wrong corner shows. */
function noisy(seed: number): Curve {
  const random = seeded(seed);
  return () => [random(), random(), random()];
}
const IDENTITY: Curve = (r, g, b) => [r, g, b];

async function compare(text: string, filter: 'lut1d' | 'lut3d'): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-look-'));
  try {
    const file = join(folder, 'look.cube');
    writeFileSync(file, text);
    const pixels = colours();
    const interp = filter === 'lut3d' ? 'tetrahedral' : 'linear';
    const wanted = await ffmpegFilter(`${filter}=file=${file}:interp=${interp}`, pixels, {
      ...{ width: WIDTH, height: HEIGHT },
    });
    return maxDifference(applied(read(text), pixels), wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const size of [2, 9, 17, 33, 65]) {
  test(`a 3D table of ${size} is within 1 of ffmpeg’s, tetrahedral`, async () => {
    for (const curve of [STRONG, noisy(size)]) {
      const most = await compare(renderCube('3D', size, curve), 'lut3d');
      assert.ok(most <= 1, `${most}`);
    }
  });
}

for (const size of [2, 33, 1024]) {
  test(`a 1D table of ${size} is within 1 of ffmpeg’s`, async () => {
    const most = await compare(renderCube('1D', size, STRONG), 'lut1d');
    assert.ok(most <= 1, `${most}`);
  });
}

test('a domain from 0 to 2 is within 1 of ffmpeg’s', async () => {
  const text = renderCube('3D', 17, STRONG, 'DOMAIN_MIN 0 0 0\nDOMAIN_MAX 2.0 2.0 2.0\n');
  const most = await compare(text, 'lut3d');
  assert.ok(most <= 1, `${most}`);
});

test('the identity leaves every colour as it is, with any size', () => {
  const pixels = colours();
  for (const size of [2, 9, 17, 33]) {
    for (const kind of ['1D', '3D'] as const) {
      assert.is(maxDifference(applied(read(renderCube(kind, size, IDENTITY)), pixels), pixels), 0);
    }
  }
});

test('a domain that begins above 0 is subtracted, which ffmpeg does not do', () => {
  const cube = read(renderCube('3D', 9, IDENTITY, 'DOMAIN_MIN 0.25 0 -1\nDOMAIN_MAX 0.75 0.5 1\n'));
  const out = new Float32Array(3);
  const look = lookUpIn(cube);
  for (const [value, wanted] of [
    [
      [0.5, 0.25, 0],
      [0.5, 0.5, 0.5],
    ],
    [
      [0, 0, -1],
      [0, 0, 0],
    ],
    [
      [0.25, 0.5, 1],
      [0, 1, 1],
    ],
    [
      [1, 1, 1],
      [1, 1, 1],
    ],
  ] as const) {
    look(...(value as [number, number, number]), out);
    for (const [i, one] of wanted.entries()) assert.ok(Math.abs((out[i] ?? 9) - one) < 1e-6);
  }
});

test('half the strength is half the way', () => {
  const cube = read(renderCube('3D', 17, STRONG));
  const [none, half, full] = [0, 0.5, 1].map((strength) => {
    const out = new Float32Array(3);
    withStrength(lookUpIn(cube), strength)(0.3, 0.6, 0.9, out);
    return [...out];
  });
  for (const channel of [0, 1, 2]) {
    const middle = ((none?.[channel] ?? 0) + (full?.[channel] ?? 0)) / 2;
    assert.ok(Math.abs((half?.[channel] ?? 9) - middle) < 1e-6);
  }
});

test.run();
