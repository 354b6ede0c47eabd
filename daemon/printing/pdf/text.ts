/** Text on a PDF page: by Helvetica where it has the letters, else as a picture by Pango. */
import { type PDFFont, type PDFPage, rgb } from 'pdf-lib';
import { drawTextPng } from '../../../hal/printer/text-picture.ts';

export interface Place {
  readonly x: number;
  /** Its top. */
  readonly y: number;
  /** No text goes below. */
  readonly bottom: number;
}

export interface TextStyle {
  readonly font: PDFFont;
  readonly isBold: boolean;
  readonly sizePt: number;
  readonly widthPt: number;
  /** Of the size. */
  readonly leading: number;
  readonly isCentred?: boolean;
}

/** Dots of a picture for each point: 288 dpi. */
const DOTS_PER_PT = 4;
const LINES_MAX = 40;

/** Returns where the next text goes. */
export async function drawText(
  page: PDFPage,
  text: string,
  { x, y, bottom }: Place,
  style: TextStyle,
): Promise<number> {
  if (!isDrawable(text, style.font)) return await drawPicture(page, text, { x, y, bottom }, style);
  const { font, sizePt, widthPt, leading, isCentred = false } = style;
  const measure = (line: string) => font.widthOfTextAtSize(line, sizePt);
  let top = y;
  for (const line of wrap(text, widthPt, measure).slice(0, LINES_MAX)) {
    if (top - sizePt * leading < bottom) return top;
    const indent = isCentred ? Math.max(0, (widthPt - measure(line)) / 2) : 0;
    page.drawText(line, {
      x: x + indent,
      y: top - sizePt,
      size: sizePt,
      font,
      color: rgb(0, 0, 0),
    });
    top -= sizePt * leading;
  }
  return top;
}

function isDrawable(text: string, font: PDFFont): boolean {
  try {
    font.encodeText(text);
    return true;
  } catch {
    return false;
  }
}

async function drawPicture(
  page: PDFPage,
  text: string,
  { x, y, bottom }: Place,
  { isBold, sizePt, widthPt, isCentred = false }: TextStyle,
): Promise<number> {
  const px = Math.round(sizePt * DOTS_PER_PT);
  const drawn = await drawTextPng(text, {
    isBold,
    px,
    widthDots: Math.round(widthPt * DOTS_PER_PT),
  });
  // A machine without fonts: the line is missing, and the rest of the card is not.
  if (drawn === undefined) return y;
  const image = await page.doc.embedPng(drawn);
  const [width, height] = [image.width / DOTS_PER_PT, image.height / DOTS_PER_PT];
  if (y - height < bottom) return y;
  const indent = isCentred ? Math.max(0, (widthPt - width) / 2) : 0;
  page.drawImage(image, { x: x + indent, y: y - height, width, height });
  return y - height - 2;
}

/** Lines that fit; a word that is longer than a line is cut. Pure. */
export function wrap(
  text: string,
  width: number,
  measure: (line: string) => number,
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const letter of word) {
      if (line !== '' && measure(line + letter) > width) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return line === '' ? lines : [...lines, line];
}
