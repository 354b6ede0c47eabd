/** Reads a key frame as a phone would show it: its clock, its brightness, posters of it. */
import { rm } from 'node:fs/promises';
import sharp from 'sharp';
import { CLOCK_MODULUS_MS } from '../../hal/camera/clock-code.ts';
import { makePoster } from '../clips/poster.ts';
import { decodeStill } from '../clips/still.ts';
import { parseClock } from './read-clock.ts';

/** A cell of the clock is a 40th of the width: 16 pixels. */
const WIDTH_PX = 640;
const HEIGHT_PX = 360;
const CELL_PX = WIDTH_PX / 40;

export interface SeenPicture {
  readonly png: Buffer;
  /** CLOCK_MONOTONIC in ms, modulo 2^24; undefined where no clock is seen. */
  readonly clockMs: number | undefined;
  /** Mean brightness without the clock's rows, 0 to 1. */
  readonly lightRatio: number;
}

/** Rejects with PipelineError where it cannot be decoded. */
export async function seePicture(
  init: Buffer,
  part: Buffer,
  signal: AbortSignal,
): Promise<SeenPicture> {
  const png = await decodeStill({ chunks: [init, part] }, signal);
  const luma = await sharp(png)
    .resize(WIDTH_PX, HEIGHT_PX, { fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer();
  const clockMs = parseClock(
    (x, y) => luma[Math.floor(y * CELL_PX) * WIDTH_PX + Math.floor(x * CELL_PX)] ?? 0,
  );
  const below = luma.subarray(2 * CELL_PX * WIDTH_PX);
  const sum = below.reduce((total, value) => total + value, 0);
  return { png, clockMs, lightRatio: sum / below.length / 255 };
}

/** By how much the stream's dates are ahead of CLOCK_MONOTONIC, by a picture's clock. Pure. */
export function aheadOf(dateMs: number, clockMs: number, nowMs: number): number {
  // The clock says only the lower bits: the picture is of the last hours.
  const now = Math.floor(nowMs);
  const ageMs = (((now - clockMs) % CLOCK_MODULUS_MS) + CLOCK_MODULUS_MS) % CLOCK_MODULUS_MS;
  return dateMs - (now - ageMs);
}

/** Makes posters in all formats and sizes, and removes them. */
export async function tryPosters(png: Buffer, folder: string) {
  const startMs = performance.now();
  try {
    const { files } = await makePoster(png, folder);
    const counts: Record<string, number> = {};
    for (const { format, bytes } of files) {
      if (bytes > 0) counts[format] = (counts[format] ?? 0) + 1;
    }
    return { files: counts, tookMs: performance.now() - startMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
