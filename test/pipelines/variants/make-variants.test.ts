/** Pictures as hosts have them, made smaller by the real process. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import * as assert from 'uvu/assert';
import { PictureError, SOURCE_BYTES_MAX } from '../../../pipelines/player/pictures/picture-file.ts';
import { makeVariants, shrinkPicture } from '../../../pipelines/variants/make-variants.ts';
import { suiteAtOnce } from '../../support/at-once.ts';

const test = suiteAtOnce('variants of a picture');
const never = new AbortController().signal;
const runtimeFolder = mkdtempSync(join(tmpdir(), 'venuebox-variants-'));
process.env['RUNTIME_DIRECTORY'] = runtimeFolder;

/** Of 960 x 640 pixels as it was taken, red at its left. */
const photograph = () => {
  const left = { create: { width: 480, height: 640, channels: 3, background: '#c00' } } as const;
  return sharp({ create: { width: 960, height: 640, channels: 3, background: '#00c' } })
    .composite([{ input: left, left: 0, top: 0 }])
    .jpeg();
};

test('all widths up to its own, each as AVIF, WebP and JPEG', async () => {
  const variants = await makeVariants(await photograph().toBuffer(), never);
  assert.equal(
    variants.map(({ widthPx, heightPx, type }) => `${widthPx}x${heightPx} ${type.slice(6)}`),
    [
      ...['160x107 avif', '160x107 webp', '160x107 jpeg'],
      ...['320x213 avif', '320x213 webp', '320x213 jpeg'],
      ...['640x427 avif', '640x427 webp', '640x427 jpeg'],
    ],
  );
  for (const { bytes, type, widthPx } of variants) {
    const { format, width } = await sharp(bytes).metadata();
    assert.equal([format === 'heif' ? 'avif' : format, width], [type.slice(6), widthPx]);
  }
});

test('one that a phone took on its side is upright, and says no longer where it was taken', async () => {
  const exif = { IFD0: { Orientation: '6', Make: 'Phone' } };
  const taken = await photograph().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
  const variants = await makeVariants(taken, never);
  const jpeg = variants.findLast(({ type }) => type === 'image/jpeg');
  assert.equal([jpeg?.widthPx, jpeg?.heightPx], [640, 960]);
  const { exif: left, orientation } = await sharp(jpeg?.bytes).metadata();
  assert.equal([left, orientation], [undefined, undefined]);
  const { data } = await sharp(jpeg?.bytes).raw().toBuffer({ resolveWithObject: true });
  assert.ok((data[0] ?? 0) > 150 && (data[2] ?? 255) < 80, 'what was left is at the top');
});

test('no picture, half a picture and one with too many pixels are refused with one line', async () => {
  const whole = await photograph().toBuffer();
  const background = { width: 8_100, height: 8_100, channels: 3, background: '#333' } as const;
  const huge = await sharp({ create: background }).png({ compressionLevel: 1 }).toBuffer();
  for (const bytes of [Buffer.from('no picture'), whole.subarray(0, 700), huge]) {
    const error = await makeVariants(bytes, never).catch((reason: unknown) => reason);
    assert.instance(error, Error);
    assert.match((error as Error).message, /^it cannot be decoded: [^\n]+$/);
  }
});

/** Of no two alike: no encoder makes it small. */
function noise(width: number, height: number) {
  const create = { width, height, channels: 3, background: '#888' } as const;
  return sharp({ create: { ...create, noise: { type: 'gaussian', mean: 128, sigma: 60 } } });
}

const KINDS: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a tiny PNG with holes': () => noise(24, 16).ensureAlpha(0.4).png().toBuffer(),
  'a grey PNG of 16 bits': () => noise(200, 150).toColourspace('grey16').png().toBuffer(),
  'a JPEG for print': () => noise(200, 150).toColourspace('cmyk').jpeg().toBuffer(),
  'a film as WebP': async () => {
    const pages = await Promise.all([1, 2].map(() => noise(200, 150).png().toBuffer()));
    return await sharp(pages, { join: { animated: true } })
      .webp()
      .toBuffer();
  },
};

test('whatever a camera or a program writes becomes a picture for every browser', async () => {
  for (const [kind, write] of Object.entries(KINDS)) {
    const variants = await makeVariants(await write(), never);
    const types = variants.map(({ type }) => type);
    assert.equal(types, ['image/avif', 'image/webp', 'image/jpeg'], kind);
    const { space, channels, pages, width, height } = await sharp(variants[2]?.bytes).metadata();
    assert.equal([space, channels, pages], ['srgb', 3, undefined], kind);
    assert.ok(width < 200 && Math.abs(width / height - 1.4) < 0.2, `${kind}: ${width}x${height}`);
  }
});

test('one with too many bytes is made small enough to be sent, and an SVG, which could name other files, is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-kinds-'));
  const file = join(folder, 'source');
  writeFileSync(file, await noise(1_200, 900).png({ compressionLevel: 1 }).toBuffer());
  const size = { maxBytes: 100_000, sidePx: 640 };
  const small = await shrinkPicture(file, size, never);
  const { format, width = 0 } = await sharp(small).metadata();
  assert.ok(format === 'jpeg' && width <= 640 && small.length <= 100_000, `${small.length} bytes`);
  writeFileSync(file, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const refused = await shrinkPicture(file, size, never).catch(String);
  assert.match(String(refused), /it cannot be decoded: [^\n]+$/);
  rmSync(folder, { recursive: true });
});

test('what is no file by the time of its turn, or has grown, is not read; only a bad picture is for ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-turn-'));
  const file = join(folder, 'source');
  const size = { maxBytes: 1_000, sidePx: 640 };
  const refused = () => shrinkPicture(file, size, never).catch((reason: unknown) => reason);
  const passing = async (why: RegExp) => {
    const error = await refused();
    assert.match(String(error), why);
    assert.not.instance(error, PictureError);
  };
  const forEver = async (why: RegExp) => {
    const error = await refused();
    assert.match(String(error), why);
    assert.instance(error, PictureError);
  };
  await passing(/ENOENT/);
  writeFileSync(file, await noise(1_200, 900).png().toBuffer());
  await forEver(/too much detail/);
  truncateSync(file, 700);
  await forEver(/it cannot be decoded/);
  truncateSync(file, SOURCE_BYTES_MAX + 1);
  await passing(/has more than 32768 KiB$/);
  rmSync(file);
  execFileSync('mkfifo', [file]);
  await passing(/is a pipe/);
  rmSync(folder, { recursive: true });
});

test('it ends when it is called off', async () => {
  const stop = new AbortController();
  const making = makeVariants(await photograph().toBuffer(), stop.signal);
  stop.abort();
  assert.instance(await making.catch((reason: unknown) => reason), Error);
});

test.last('no files are left', async () => {
  assert.equal(readdirSync(runtimeFolder), []);
  rmSync(runtimeFolder, { recursive: true });
});

test.run();
