/** A photograph as it may be sent: upright, within a size, and without where it was taken. */
import type { Sharp } from 'sharp';

/** Code with which a process that does it ends where another try is of no use. */
export const PICTURE_FAULT = 3;

export interface Fit {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly maxBytes: number;
}

/** Within a square. */
export function fitOf({
  maxBytes,
  sidePx,
}: {
  readonly maxBytes: number;
  readonly sidePx: number;
}): Fit {
  return { widthPx: sidePx, heightPx: sidePx, maxBytes };
}

/**
 * @param decode Opens it again, upright. @param encode Writes it in the wanted format.
 * @returns undefined where it has too much detail for its bytes at any size. Rejects where it is no picture.
 */
export async function fitPicture(
  decode: () => Sharp,
  { widthPx, heightPx, maxBytes }: Fit,
  encode: (picture: Sharp) => Sharp,
): Promise<Buffer | undefined> {
  for (const scale of [1, 0.7, 0.5, 0.35]) {
    const size = { width: Math.round(widthPx * scale), height: Math.round(heightPx * scale) };
    const small = decode().resize({ ...size, fit: 'inside', withoutEnlargement: true });
    const written = await encode(small).toBuffer();
    if (written.length <= maxBytes) return written;
  }
  return undefined;
}

/** EXIF, with place and device, is left out by default. */
export function asJpeg(picture: Sharp): Sharp {
  return picture.flatten({ background: '#000' }).jpeg({ quality: 82, mozjpeg: true });
}
