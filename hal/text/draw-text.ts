/** Text in any script as a picture, by Pango and the machine's fonts. */
import type { Sharp } from 'sharp';

const CHARACTERS_MAX = 1000;

export interface TextStyle {
  readonly isBold: boolean;
  /** Height of the letters. */
  readonly px: number;
  /** Longer lines are wrapped. */
  readonly width?: number;
  readonly align?: 'left' | 'centre' | 'right';
  /** Of the letters; black where it is not said. */
  readonly colour?: string;
}

/** Transparent behind the letters, and ends with the ink. Rejects where the machine cannot draw text. */
export async function drawText(
  text: string,
  { isBold, px, colour = 'black', ...layout }: TextStyle,
): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  // Pango reads markup: without this a guest could set fonts, and break the line.
  const escaped = [...text].slice(0, CHARACTERS_MAX).join('').replaceAll('&', '&amp;');
  const shown = escaped.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const font = `Sans ${isBold ? 'Bold ' : ''}${px}`;
  const marked = `<span foreground="${colour}">${shown}</span>`;
  return sharp({ text: { text: marked, font, dpi: 72, wrap: 'word-char', rgba: true, ...layout } });
}
