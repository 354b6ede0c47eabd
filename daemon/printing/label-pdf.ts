/** The label of a box as a PDF, 100 by 62 mm: one code for its Wi-Fi, one for its page. */
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { fill } from '../../pipelines/player/text/fill.ts';
import { wifiCode } from './card.ts';
import type { HotspotLogin } from './join-slip.ts';
import { drawCode } from './pdf/code.ts';
import { drawText } from './pdf/text.ts';
import type { SlipTexts } from './text/en.ts';

/** In points of 1/72 inch; 62 mm is the widest roll of many label printers. */
const WIDTH_PT = 283.46;
const HEIGHT_PT = 175.75;
const MARGIN_PT = 10;
/** 35 mm. */
const CODE_PT = 99;

export async function renderLabelPdf(
  login: HotspotLogin,
  { label: says }: SlipTexts,
): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(`${login.ssid}: label`);
  pdf.setCreator('venuebox');
  const plain = await pdf.embedFont(StandardFonts.Helvetica);
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold);
  const page = pdf.addPage([WIDTH_PT, HEIGHT_PT]);
  const columnPt = (WIDTH_PT - 2 * MARGIN_PT) / 2;
  const { ssid, password, url } = login;
  const columns = [
    {
      title: says.wifi,
      data: wifiCode({ ssid, password }),
      lines: [ssid, fill(says.password, { password })],
    },
    { title: says.page, data: url, lines: [url] },
  ];
  for (const [i, { title, data, lines }] of columns.entries()) {
    const x = MARGIN_PT + i * columnPt;
    const style = { widthPt: columnPt, leading: 1.2, isCentred: true };
    const top = HEIGHT_PT - MARGIN_PT;
    const place = { x, y: top, bottom: 0 };
    await drawText(page, title, place, { ...style, font: bold, isBold: true, sizePt: 12 });
    const y = top - 20 - CODE_PT;
    drawCode(page, data, { x: x + (columnPt - CODE_PT) / 2, y, sizePt: CODE_PT });
    const small = { ...style, font: plain, isBold: false, sizePt: 9 };
    let below = y - 4;
    for (const line of lines) {
      below = await drawText(page, line, { x, y: below, bottom: 0 }, small);
    }
  }
  return Buffer.from(await pdf.save());
}
