/** Reads a QR code in a picture, as a phone in front of a screen would. */
import jsqr from 'jsqr';
import sharp from 'sharp';
import type { ScanArea } from './messages.ts';

// Its types are of an ES module, and it is none: what is imported is the function.
const readCode = jsqr as unknown as typeof jsqr.default;

/** Around the code, as a share of its side: it is searched for, as a phone has to. */
const AROUND = 0.25;

// One thread: the box has other work, and no viewer waits for this.
sharp.concurrency(1);
sharp.cache(false);

/** Pixels that are searched. */
export interface CodePixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** The text of a code; undefined where none can be read. */
export function readPixels({ data, width, height }: CodePixels): string | undefined {
  const found = readCode(data, width, height, { inversionAttempts: 'dontInvert' });
  return found === null || found.data === '' ? undefined : found.data;
}

/** What of a picture (PNG, or raw with `raw`) is searched: RGBA; undefined where it has nothing there. */
export async function pixelsNear(
  picture: Buffer,
  area: ScanArea,
  raw?: { readonly width: number; readonly height: number; readonly channels: 4 },
): Promise<CodePixels | undefined> {
  const options = raw === undefined ? {} : { raw };
  const { width = 0, height = 0 } = await sharp(picture, options).metadata();
  const [x, y] = [area.width * AROUND, area.height * AROUND];
  const left = Math.max(0, Math.floor((area.left - x) * width));
  const top = Math.max(0, Math.floor((area.top - y) * height));
  const right = Math.min(width, Math.ceil((area.left + area.width + x) * width));
  const bottom = Math.min(height, Math.ceil((area.top + area.height + y) * height));
  if (right <= left || bottom <= top) return undefined;
  const { data, info } = await sharp(picture, options)
    .extract({ left, top, width: right - left, height: bottom - top })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}
