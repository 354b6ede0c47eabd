/** QR codes on a PDF page. */
import { type PDFPage, rgb } from 'pdf-lib';
import { encodeQR } from 'qr';

/** A square, by its lower left corner. */
export interface CodePlace {
  readonly x: number;
  readonly y: number;
  readonly sizePt: number;
}

const QUIET_MODULES = 4;
const BLACK = rgb(0, 0, 0);

export function drawCode(page: PDFPage, data: string, { x, y, sizePt }: CodePlace): void {
  const matrix = encodeQR(data, 'raw', { ecc: 'medium', border: QUIET_MODULES });
  const module = sizePt / matrix.length;
  for (const [row, cells] of matrix.entries()) {
    for (const [column, isDark] of cells.entries()) {
      if (!isDark) continue;
      const top = y + sizePt - (row + 1) * module;
      // A hair wider, so that no viewer shows a gap between two.
      const size = module * 1.02;
      const place = { x: x + column * module, y: top, width: size, height: size };
      page.drawRectangle({ ...place, color: BLACK });
    }
  }
}
