/** Draws a link as a QR code (ISO/IEC 18004). Pure. */
import { encodeQR } from 'qr';
import { type Corner, type PictureSize, placeIn } from './layout.ts';
import { BLACK, type Sprite, WHITE } from './sprite.ts';

export interface WantedCode {
  readonly link: string;
  readonly corner: Corner;
  /** Side with its white border, in per cent of the picture's shorter side; see {@link codeSizes}. */
  readonly sizePct: number;
}

/** The white border, in modules (ISO/IEC 18004 §5.3.8). */
const QUIET_MODULES = 4;
/** A larger code would hide the stage. */
export const SIZE_MAX_PCT = 60;
/** The longest link in bytes: version 10 with level M, 57 modules, fits into a small picture. */
export const LINK_MAX_BYTES = 213;

/**
 * Fewest pixels of a module in the smallest rendition. Below, the encoder's blocks at
 * 300 kb/s take whole modules away (measured: scripts/bench/README.md).
 */
const MODULE_MIN_PX = 3;
/** And in the camera's picture. */
const SHARP_MIN_PX = 2;

/** Sizes that a code can have: its modules are whole pixels. */
export interface CodeSizes {
  readonly leastPct: number;
  readonly mostPct: number;
  /** From one size to the next. */
  readonly stepPct: number;
}

/**
 * @param smallestPx The shorter side of the smallest rendition.
 * @returns undefined where the picture is too small for so long a link.
 */
export function codeSizes(
  link: string,
  { widthPx, heightPx }: PictureSize,
  smallestPx: number,
): CodeSizes | undefined {
  const shortPx = Math.min(widthPx, heightPx);
  const count = modulesOf(link).length;
  const most = Math.floor((shortPx * SIZE_MAX_PCT) / 100 / count);
  if (most < SHARP_MIN_PX) return undefined;
  const least = Math.max(SHARP_MIN_PX, Math.ceil((MODULE_MIN_PX * shortPx) / smallestPx));
  const stepPct = (100 * count) / shortPx;
  return { leastPct: Math.min(most, least) * stepPct, mostPct: most * stepPct, stepPct };
}

/** The size that is nearest to the one that is wanted. */
export function nearestPct(wantedPct: number, { leastPct, mostPct, stepPct }: CodeSizes): number {
  return Math.min(mostPct, Math.max(leastPct, Math.round(wantedPct / stepPct) * stepPct));
}

/** The code as a sprite of a size out of {@link codeSizes}: black squares on white. */
export function codeSprite({ link, corner, sizePct }: WantedCode, picture: PictureSize): Sprite {
  const modules = modulesOf(link);
  const shortPx = Math.min(picture.widthPx, picture.heightPx);
  const modulePx = Math.max(1, Math.round((shortPx * sizePct) / 100 / modules.length));
  const sidePx = modules.length * modulePx;
  const luma = Buffer.alloc(sidePx * sidePx, WHITE);
  for (const [y, row] of modules.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (!isDark) continue;
      for (let line = y * modulePx; line < (y + 1) * modulePx; line += 1) {
        const from = line * sidePx + x * modulePx;
        luma.fill(BLACK, from, from + modulePx);
      }
    }
  }
  const place = placeIn(corner, { widthPx: sidePx, heightPx: sidePx }, picture);
  return { ...place, luma: luma.toString('base64') };
}

/** Level M restores 15 %: with more there are more modules, each smaller. */
function modulesOf(link: string): readonly (readonly boolean[])[] {
  return encodeQR(link, 'raw', { ecc: 'medium', border: QUIET_MODULES });
}
