/** The crew sheet as a PDF: one page of A5. */
import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from 'pdf-lib';
import type { CardCode, CrewSheet, Role } from './card.ts';
import { drawCode } from './pdf/code.ts';
import { drawText } from './pdf/text.ts';

/** A5, in points of 1/72 inch. */
const WIDTH_PT = 419.53;
const HEIGHT_PT = 595.28;
const MARGIN_PT = 28;
const INNER_PT = WIDTH_PT - 2 * MARGIN_PT;
const BODY_PT = 9;
const LEADING = 1.3;
/** 29 mm: read by a phone at arm's length. */
const CODE_PT = 82;
const CODE_ROW_PT = CODE_PT + 30;
const GREY = rgb(0.6, 0.6, 0.6);

interface Fonts {
  readonly plain: PDFFont;
  readonly bold: PDFFont;
}

/** Where the next line goes. */
interface Cursor {
  readonly page: PDFPage;
  readonly fonts: Fonts;
  y: number;
}

export async function renderCardPdf(card: CrewSheet): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(card.title);
  pdf.setCreator('venuebox');
  const fonts = {
    plain: await pdf.embedFont(StandardFonts.Helvetica),
    bold: await pdf.embedFont(StandardFonts.HelveticaBold),
  };
  const page = pdf.addPage([WIDTH_PT, HEIGHT_PT]);
  const cursor: Cursor = { page, fonts, y: HEIGHT_PT - MARGIN_PT };
  await write(cursor, card.title, { sizePt: 20, isBold: true });
  await write(cursor, card.subtitle, {});
  for (const role of card.roles) await writeRole(cursor, role);
  if (card.notes.length > 0) rule(cursor);
  for (const note of card.notes) await write(cursor, note, {});
  await drawCodes(cursor, card.codes);
  return Buffer.from(await pdf.save());
}

async function writeRole(cursor: Cursor, { name, who, lines }: Role): Promise<void> {
  rule(cursor);
  await write(cursor, who === '' ? name : `${name}: ${who}`, { sizePt: 12, isBold: true });
  for (const line of lines) await write(cursor, `- ${line}`, {});
}

interface Style {
  readonly sizePt?: number;
  readonly isBold?: boolean;
}

/** Text wraps; what would reach the codes is left out. */
async function write(cursor: Cursor, text: string, { sizePt = BODY_PT, isBold = false }: Style) {
  const font = isBold ? cursor.fonts.bold : cursor.fonts.plain;
  const bottom = MARGIN_PT + CODE_ROW_PT;
  const lines = { font, isBold, sizePt, widthPt: INNER_PT, leading: LEADING };
  cursor.y = await drawText(cursor.page, text, { x: MARGIN_PT, y: cursor.y, bottom }, lines);
}

function rule(cursor: Cursor): void {
  cursor.y -= 5;
  const [start, end] = [MARGIN_PT, WIDTH_PT - MARGIN_PT].map((x) => ({ x, y: cursor.y }));
  if (start && end) cursor.page.drawLine({ start, end, thickness: 0.7, color: GREY });
  cursor.y -= 5;
}

/** Beside each other at the foot of the page. */
async function drawCodes({ page, fonts }: Cursor, codes: readonly CardCode[]): Promise<void> {
  const columnPt = INNER_PT / Math.max(1, codes.length);
  for (const [i, { label, data, text }] of codes.entries()) {
    const center = MARGIN_PT + columnPt * (i + 0.5);
    const left = center - CODE_PT / 2;
    const bottom = MARGIN_PT + 14;
    drawCode(page, data, { x: left, y: bottom, sizePt: CODE_PT });
    const place = (y: number) => ({ x: MARGIN_PT + columnPt * i, y, bottom: 0 });
    const style = { widthPt: columnPt - 4, leading: 1.1, isCentred: true };
    await drawText(page, label, place(bottom + CODE_PT + 13), {
      ...{ ...style, font: fonts.bold, isBold: true, sizePt: 10 },
    });
    await drawText(page, text, place(bottom), {
      ...{ ...style, font: fonts.plain, isBold: false, sizePt: 7 },
    });
  }
}
