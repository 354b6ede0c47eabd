/** Encodes a poster in all sizes and formats. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { replaceInside } from '../../hal/os/open-inside.ts';
import { PICTURE_FORMATS, type PictureFormat } from './accept.ts';

/** One size in one format. */
export interface PosterFile {
  readonly format: PictureFormat;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Named for its content, for example `poster-Zx1…-640.avif`. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** In base64. */
  readonly sha256: string;
}

export interface Poster {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly files: readonly PosterFile[];
}

export const POSTER_WIDTHS_PX = [160, 320, 640, 1280] as const;

const HASH_CHARS = 11;

/** Visually about the same quality in all three; a Pi has no time for more AVIF effort than 2. */
const ENCODE: Readonly<Record<PictureFormat, (picture: Sharp) => Sharp>> = {
  avif: (picture) => picture.avif({ quality: 50, effort: 2 }),
  webp: (picture) => picture.webp({ quality: 75, effort: 2 }),
  jpeg: (picture) => picture.jpeg({ quality: 75, mozjpeg: false, progressive: true }),
};

// One thread: the box has other work, and no viewer waits for a poster.
sharp.concurrency(1);
sharp.cache(false);

/** Sizes above the picture's own are left out. */
export async function makePoster(picture: Buffer, folder: string): Promise<Poster> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const { width, height } = await sharp(picture).metadata();
  const widths = POSTER_WIDTHS_PX.filter((widthPx, i) => i === 0 || widthPx <= width);
  const files: PosterFile[] = [];
  for (const widthPx of widths) {
    const { data, info } = await sharp(picture)
      .resize({ width: widthPx, withoutEnlargement: true })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (const format of PICTURE_FORMATS) {
      const raw = { width: info.width, height: info.height, channels: 3 } as const;
      const bytes = await ENCODE[format](sharp(data, { raw })).toBuffer();
      const sha256 = createHash('sha256').update(bytes).digest();
      const hash = sha256.toString('base64url').slice(0, HASH_CHARS);
      const name = `poster-${hash}-${widthPx}.${format}`;
      const path = join(folder, name);
      await replaceInside(folder, name, bytes, 0o640);
      files.push({
        ...{ format, widthPx, heightPx: info.height, name, path },
        ...{ bytes: bytes.length, sha256: sha256.toString('base64') },
      });
    }
  }
  return { widthPx: width, heightPx: height, files };
}
