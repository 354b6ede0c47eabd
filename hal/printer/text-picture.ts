/** Draws text that no code page of a printer has: any script, by Pango and the machine's fonts. */

import { drawText } from '../text/draw-text.ts';
import { isEncodable } from './paper/codepages.ts';
import { blankPicture, dither, drawPicture, type Picture } from './paper/picture.ts';
import type { Block, PrintDocument, TextBlock } from './port.ts';
import { printable } from './printable.ts';
import type { PrinterProfile } from './profiles.ts';

/** Beside the printer's own font of 12 by 24 dots: as many characters in a line. */
const FONT_PX = 22;
/** White above and below: Pango's pictures end with the ink. */
const LEADING_ROWS = 4;
const MAX_ROWS = 2400;
/** Letters that are written from the right. */
const FIRST_IS_RIGHT_TO_LEFT =
  /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/**
 * The document with each line that the code pages have not as dots in its place. Where
 * the machine cannot draw text, the line stays: the printer prints question marks.
 */
export async function withTextPictures(
  document: PrintDocument,
  { widthDots }: Pick<PrinterProfile, 'widthDots'>,
): Promise<PrintDocument> {
  const drawn = document.map(async (block): Promise<readonly Block[]> => {
    if (block.kind !== 'text') return [block];
    const lines = block.text.split('\n').map(printable);
    if (lines.every(isEncodable)) return [block];
    return Promise.all(lines.map((text) => lineOf({ ...block, text }, widthDots)));
  });
  return (await Promise.all(drawn)).flat();
}

async function lineOf(block: TextBlock, widthDots: number): Promise<Block> {
  if (isEncodable(block.text)) return block;
  const picture = await drawLine(block, widthDots).catch(() => undefined);
  if (picture === undefined) return block;
  return { kind: 'dots', picture, align: sideOf(block) };
}

/** A right-to-left line that asks for nothing starts at the right. */
function sideOf({ text, align = 'left' }: TextBlock): TextBlock['align'] & string {
  return align === 'left' && FIRST_IS_RIGHT_TO_LEFT.test(text) ? 'right' : align;
}

async function drawLine(block: TextBlock, widthDots: number): Promise<Picture> {
  const { text, isBold = false, size = 1 } = block;
  // Pango turns left and right round in a right-to-left paragraph.
  const isTurned = FIRST_IS_RIGHT_TO_LEFT.test(text);
  const side = sideOf(block);
  const align = side === 'center' ? 'centre' : (side === 'right') !== isTurned ? 'right' : 'left';
  const drawn = await drawText(text, { isBold, px: FONT_PX * size, width: widthDots, align });
  const { data, info } = await drawn
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const ink = inkOf(data, info);
  const height = Math.min(MAX_ROWS, ink.height + 2 * LEADING_ROWS);
  const picture = blankPicture(Math.min(widthDots, ink.width), height);
  drawPicture(picture, ink, 0, LEADING_ROWS);
  return picture;
}

export interface TextPng {
  readonly isBold: boolean;
  /** Height of the letters. */
  readonly px: number;
  readonly widthDots: number;
}

/** A line in any script as a PNG; undefined where the machine cannot draw text. */
export async function drawTextPng(
  line: string,
  { isBold, px, widthDots }: TextPng,
): Promise<Buffer | undefined> {
  try {
    const drawn = await drawText(printable(line), { isBold, px, width: widthDots });
    return await drawn.flatten({ background: '#fff' }).png().toBuffer();
  } catch {
    return undefined;
  }
}

interface Raw {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Grey edges of letters are cut sharp; coloured emoji are dithered, or they would be blots. */
function inkOf(data: Buffer, { width, height, channels }: Raw): Picture {
  const grey = new Uint8Array(width * height);
  let isColoured = false;
  for (const index of grey.keys()) {
    const [red = 255, green = 255, blue = 255] = data.subarray(
      index * channels,
      index * channels + 3,
    );
    isColoured ||= Math.max(red, green, blue) - Math.min(red, green, blue) > 16;
    grey[index] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  if (isColoured) return dither({ width, height, pixels: grey }, width);
  return { width, height, dots: grey.map((value) => (value < 140 ? 1 : 0)) };
}
