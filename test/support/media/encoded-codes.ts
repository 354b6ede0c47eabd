/** Encodes a noisy picture with a code in it, and reads the code off every frame by two decoders. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { runCommand } from '../../../hal/os/process.ts';
import { videoEncoderLaunch } from '../../../pipelines/capture/encoder.ts';
import { codeSizes, codeSprite, nearestPct } from '../../../pipelines/overlay/code-sprite.ts';
import { type Sprite, SpriteLayer } from '../../../pipelines/overlay/sprite.ts';
import { type CodePixels, pixelsNear, readPixels } from '../../../pipelines/scan/read-code.ts';
import { seeded } from '../seeded.ts';

export interface CodeRun {
  readonly frames: number;
  readonly bitrateBps: number;
  readonly speed: 'ultrafast' | 'superfast';
  readonly link: string;
  readonly sizePct: number;
  readonly picture: { readonly widthPx: number; readonly heightPx: number };
  readonly renditions: readonly { readonly width: number; readonly height: number }[];
}

export interface CodeReads {
  readonly rendition: string;
  readonly frames: number;
  /** How many of them each decoder has read. */
  readonly jsqr: number;
  readonly zxing: number;
  /** Side of a module in this rendition. */
  readonly modulePx: number;
}

const FPS = 30;
const TIMEOUT_MS = 300_000;
/** Of the luma, in both directions; of the colours it is half. */
const NOISE = 30;
const SEED = 15;

export async function readEncodedCodes(run: CodeRun): Promise<readonly CodeReads[]> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } });
  const { link, picture, renditions } = run;
  const smallestPx = Math.min(...renditions.flatMap(({ width, height }) => [width, height]));
  const sizes = codeSizes(link, picture, smallestPx);
  if (sizes === undefined) throw new Error('the picture is too small');
  const sizePct = nearestPct(run.sizePct, sizes);
  const sprite = codeSprite({ link, corner: 'bottom-right', sizePct }, picture);
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-codes-'));
  try {
    const raw = join(folder, 'raw');
    writeFileSync(raw, noisyFrames(run, sprite));
    await encode(raw, folder, run);
    const reads: CodeReads[] = [];
    for (const [i, { width, height }] of renditions.entries()) {
      const modulePx = (sizePct / sizes.stepPct) * (height / picture.heightPx);
      const counted = await readAll(join(folder, `${i}.h264`), { width, height }, run, sprite);
      reads.push({ rendition: `${width}x${height}`, modulePx, ...counted });
    }
    return reads;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Noise over a gradient that moves: what a dark stage and a cheap camera give, and worse. */
function noisyFrames({ frames, picture }: CodeRun, sprite: Sprite): Buffer {
  const { widthPx, heightPx } = picture;
  const random = seeded(SEED);
  const noise = Int8Array.from({ length: 1_000_003 }, () => (random() * 2 - 1) * NOISE);
  const lumaBytes = widthPx * heightPx;
  const layer = new SpriteLayer(picture);
  layer.set([sprite]);
  const all: Buffer[] = [];
  for (let n = 0; n < frames; n += 1) {
    const frame = Buffer.alloc((lumaBytes * 3) / 2);
    const from = Math.floor(random() * noise.length);
    for (let i = 0; i < frame.length; i += 1) {
      const grain = noise[(from + i) % noise.length] ?? 0;
      const x = i % widthPx;
      frame[i] = i < lumaBytes ? 60 + ((x + n * 8) % widthPx) / 12 + grain : 128 + grain / 2;
    }
    layer.over(frame, () => all.push(Buffer.from(frame)));
  }
  return Buffer.concat(all);
}

async function encode(raw: string, folder: string, run: CodeRun): Promise<void> {
  const { picture, renditions, bitrateBps, speed } = run;
  const branches = renditions.map(({ width, height }, i) => {
    const encoder = videoEncoderLaunch('x264enc', `encoder${i}`, {
      ...{ bitrateBps, gopFrames: FPS, speed },
    });
    return `t. ! queue ! videoscale ! video/x-raw,width=${width},height=${height},pixel-aspect-ratio=1/1 ! ${encoder} ! h264parse ! video/x-h264,stream-format=byte-stream ! filesink location=${folder}/${i}.h264`;
  });
  const source = `filesrc location=${raw} ! rawvideoparse format=i420 width=${picture.widthPx} height=${picture.heightPx} framerate=${FPS}/1 ! tee name=t`;
  await launch(`${source} ${branches.join(' ')}`);
}

async function readAll(
  file: string,
  { width, height }: { readonly width: number; readonly height: number },
  { link, picture }: CodeRun,
  sprite: Sprite,
): Promise<Pick<CodeReads, 'frames' | 'jsqr' | 'zxing'>> {
  const decoded = `${file}.rgba`;
  await launch(
    `filesrc location=${file} ! h264parse ! avdec_h264 ! videoconvert ! video/x-raw,format=RGBA ! filesink location=${decoded}`,
  );
  const bytes = readFileSync(decoded);
  const frameBytes = width * height * 4;
  const area = {
    left: sprite.leftPx / picture.widthPx,
    top: sprite.topPx / picture.heightPx,
    width: sprite.widthPx / picture.widthPx,
    height: sprite.heightPx / picture.heightPx,
  };
  const counted = { frames: bytes.length / frameBytes, jsqr: 0, zxing: 0 };
  for (let at = 0; at < bytes.length; at += frameBytes) {
    const frame = bytes.subarray(at, at + frameBytes);
    const pixels = await pixelsNear(frame, area, { width, height, channels: 4 });
    if (pixels === undefined) throw new Error('the code lies outside');
    if (readPixels(pixels) === link) counted.jsqr += 1;
    if ((await readByZxing(pixels)) === link) counted.zxing += 1;
  }
  return counted;
}

async function readByZxing(pixels: CodePixels): Promise<string | undefined> {
  const [found] = await readBarcodes({ ...pixels, colorSpace: 'srgb' }, { formats: ['QRCode'] });
  return found?.text;
}

async function launch(line: string): Promise<void> {
  const words = [...line.matchAll(/[^\s"]*"[^"]*"|\S+/g)].map(([word]) => word.replaceAll('"', ''));
  const { exitCode, stderr } = await runCommand('gst-launch-1.0', ['-q', ...words], {
    timeoutMs: TIMEOUT_MS,
  });
  if (exitCode !== 0) throw new Error(`${line}: ${stderr}`);
}
