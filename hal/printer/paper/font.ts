/** The font of simulated paper. */

import { inflateSync } from 'node:zlib';
import { TERMINUS_12X24 } from './font-data.ts';
import { blankPicture, type Picture } from './picture.ts';

export const GLYPH_WIDTH = 12;
export const GLYPH_HEIGHT = 24;
const GLYPH_BYTES = 48;

let glyphs: ReadonlyMap<string, Buffer> | undefined;

/** A glyph in dots; an outlined box for a character that is not in the font. */
export function glyphOf(character: string): Picture {
  glyphs ??= load();
  const rows = glyphs.get(character === '\u00a0' ? ' ' : character);
  const picture = blankPicture(GLYPH_WIDTH, GLYPH_HEIGHT);
  for (let y = 0; y < GLYPH_HEIGHT; y += 1) {
    const bits = rows?.readUInt16BE(y * 2) ?? outline(y);
    for (let x = 0; x < GLYPH_WIDTH; x += 1) {
      picture.dots[y * GLYPH_WIDTH + x] = (bits >> (15 - x)) & 1;
    }
  }
  return picture;
}

function outline(y: number): number {
  if (y < 4 || y > 19) return 0;
  return y === 4 || y === 19 ? 0x7fc0 : 0x4040;
}

function load(): ReadonlyMap<string, Buffer> {
  const bytes = inflateSync(Buffer.from(TERMINUS_12X24, 'base64'));
  const count = bytes.readUInt16LE(0);
  const at = 2 + count * 2;
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const start = at + index * GLYPH_BYTES;
      const character = String.fromCharCode(bytes.readUInt16LE(2 + index * 2));
      return [character, bytes.subarray(start, start + GLYPH_BYTES)] as const;
    }),
  );
}
