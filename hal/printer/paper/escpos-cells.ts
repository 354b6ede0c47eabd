/** Draws characters and codes as dots. */

import { encodeQR } from 'qr';
import type { Command } from './escpos-parse.ts';
import type { Style } from './escpos-style.ts';
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphOf } from './font.ts';
import { blankPicture, drawDot, type Picture } from './picture.ts';

const QR_LEVELS = ['low', 'medium', 'quartile', 'high'] as const;
/** Font B. */
export const SMALL_WIDTH = 9;
const SMALL_HEIGHT = 17;

/** One character in its style. */
export function characterPicture(character: string, style: Style): Picture {
  const glyph = glyphOf(character);
  const [cellWidth, cellHeight] = style.isSmall
    ? [SMALL_WIDTH, SMALL_HEIGHT]
    : [GLYPH_WIDTH, GLYPH_HEIGHT];
  const cell = blankPicture(cellWidth * style.wide, cellHeight * style.high);
  for (const index of cell.dots.keys()) {
    const x = index % cell.width;
    const y = Math.floor(index / cell.width);
    const from = (column: number) =>
      Math.floor((column / cell.width) * GLYPH_WIDTH) +
      Math.floor((y / cell.height) * GLYPH_HEIGHT) * GLYPH_WIDTH;
    const isInk =
      glyph.dots[from(x)] === 1 || (style.isBold && x > 0 && glyph.dots[from(x - 1)] === 1);
    const isLine = style.isUnderlined && y >= cell.height - 2;
    if ((isInk || isLine) !== style.isInverted) cell.dots[index] = 1;
  }
  return cell;
}

/** The dots of `ESC *`. */
export function columnsPicture({
  columnBytes,
  stretch,
  bits,
}: Extract<Command, { kind: 'columns' }>): Picture {
  const columns = Math.ceil(bits.length / columnBytes);
  // Eight dots are printed three times as high: the head has 24.
  const tall = columnBytes === 1 ? 3 : 1;
  const picture = blankPicture(columns * stretch, 24);
  for (const [index, byte] of bits.entries()) {
    for (let bit = 0; bit < 8; bit += 1) {
      if (((byte >> (7 - bit)) & 1) === 0) continue;
      const row = ((index % columnBytes) * 8 + bit) * tall;
      const column = Math.floor(index / columnBytes) * stretch;
      for (let x = 0; x < stretch; x += 1) {
        for (let y = 0; y < tall; y += 1) drawDot(picture, column + x, row + y);
      }
    }
  }
  return picture;
}

/** What `GS ( k` prints. */
export function qrPicture(data: Uint8Array, { qrModule, qrLevel }: Style): Picture {
  let matrix: readonly (readonly boolean[])[];
  try {
    const text = Buffer.from(data).toString('utf8');
    // Four modules of white: a printer leaves them to the document.
    matrix = encodeQR(text, 'raw', { ecc: QR_LEVELS[qrLevel] ?? 'low', border: 4 });
  } catch {
    // Too much data, or none: a printer prints nothing then.
    return blankPicture(0, 0);
  }
  const picture = blankPicture(matrix.length * qrModule, matrix.length * qrModule);
  for (const index of picture.dots.keys()) {
    const x = Math.floor((index % picture.width) / qrModule);
    const y = Math.floor(index / picture.width / qrModule);
    if (matrix[y]?.[x]) picture.dots[index] = 1;
  }
  return picture;
}
