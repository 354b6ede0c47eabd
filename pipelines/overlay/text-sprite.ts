/** Draws title and lower third as plates: white text on dark grey, so that any stage lets it be read. */
import sharp from 'sharp';
import { drawText } from '../../hal/text/draw-text.ts';
import { type Corner, type PictureSize, placeIn } from './layout.ts';
import { BLACK, type Sprite, WHITE } from './sprite.ts';

export interface PlateLine {
  readonly text: string;
  /** Height of the font as a share of the picture's shorter side. */
  readonly size: number;
  readonly isBold: boolean;
}

interface Ink {
  readonly pixels: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Of the full range. */
const GROUND = 26;
const MAX_CHARACTERS = 80;

/**
 * A plate with these lines in a corner; undefined where there is nothing to show.
 *
 * Rejects where the machine cannot draw text.
 */
export async function textSprite(
  lines: readonly PlateLine[],
  { corner, widthPx: mostPx }: { readonly corner: Corner; readonly widthPx: number },
  picture: PictureSize,
): Promise<Sprite | undefined> {
  const shortPx = Math.min(picture.widthPx, picture.heightPx);
  const paddingPx = Math.max(2, Math.round(shortPx * 0.02));
  const insidePx = mostPx - 2 * paddingPx;
  const wanted = lines.filter(({ text }) => text.trim() !== '');
  if (wanted.length === 0 || insidePx < 16) return undefined;
  const inks = await Promise.all(wanted.map((line) => drawLine(line, shortPx, insidePx)));
  const widthPx = evenUp(Math.max(...inks.map((ink) => ink.widthPx)) + 2 * paddingPx);
  const textPx = inks.reduce((sum, ink) => sum + ink.heightPx + paddingPx, paddingPx);
  const heightPx = evenUp(textPx);
  if (widthPx > picture.widthPx || heightPx > picture.heightPx) return undefined;
  const luma = Buffer.alloc(widthPx * heightPx, toVideoRange(GROUND));
  let topPx = paddingPx;
  for (const ink of inks) {
    for (let y = 0; y < ink.heightPx; y += 1) {
      const row = ink.pixels.subarray(y * ink.widthPx, (y + 1) * ink.widthPx);
      luma.set(row.map(toVideoRange), (topPx + y) * widthPx + paddingPx);
    }
    topPx += ink.heightPx + paddingPx;
  }
  return { ...placeIn(corner, { widthPx, heightPx }, picture), luma: luma.toString('base64') };
}

async function drawLine(
  { text, size, isBold }: PlateLine,
  shortPx: number,
  insidePx: number,
): Promise<Ink> {
  const px = Math.max(8, Math.round(shortPx * size));
  const ground = `#${GROUND.toString(16).repeat(3)}`;
  const shown = [...text].slice(0, MAX_CHARACTERS).join('');
  const drawn = await drawText(shown, { isBold, px, colour: 'white' });
  const { data, info } = await sharp(await drawn.png().toBuffer())
    .resize({ width: insidePx, withoutEnlargement: true })
    .flatten({ background: ground })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, widthPx: info.width, heightPx: info.height };
}

function toVideoRange(grey: number): number {
  return Math.round(BLACK + (grey * (WHITE - BLACK)) / 255);
}

function evenUp(px: number): number {
  return Math.ceil(px / 2) * 2;
}
