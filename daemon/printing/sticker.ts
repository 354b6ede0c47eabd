/** A sticker: a picture across the paper, with marks to cut along. */
import {
  blankPicture,
  dither,
  drawDot,
  drawPicture,
  type Picture,
} from '../../hal/printer/paper/picture.ts';
import type { PrintDocument } from '../../hal/printer/port.ts';
import { greyPicture } from '../../pipelines/variants/make-variants.ts';

/** Around the picture: the marks stand in it. */
const MARGIN_DOTS = 24;
const MARK_DOTS = 16;
/** A sticker is no banner. */
const MAX_HEIGHT_DOTS = 1600;

/** A box that saves power reads it in some seconds. */
const READ_MS = 60_000;

/** Reads a picture (PNG, JPEG, WebP or SVG). Rejects where it is none. */
export async function renderSticker(file: string, widthDots: number): Promise<PrintDocument> {
  const inner = widthDots - 2 * MARGIN_DOTS;
  const size = { widthPx: inner, heightPx: MAX_HEIGHT_DOTS };
  const { widthPx, heightPx, pixels } = await greyPicture(file, size, AbortSignal.timeout(READ_MS));
  const grey = { width: widthPx, height: heightPx, pixels };
  return [{ kind: 'dots', picture: withCutMarks(dither(grey, inner)) }];
}

/** Lines at the corners, outside of the picture: a knife along them leaves no white edge. */
export function withCutMarks(inner: Picture): Picture {
  const picture = blankPicture(inner.width + 2 * MARGIN_DOTS, inner.height + 2 * MARGIN_DOTS);
  drawPicture(picture, inner, MARGIN_DOTS, MARGIN_DOTS);
  const [right, bottom] = [MARGIN_DOTS + inner.width - 1, MARGIN_DOTS + inner.height - 1];
  for (let n = 0; n < MARK_DOTS; n += 1) {
    for (const x of [MARGIN_DOTS, right]) {
      drawDot(picture, x, n);
      drawDot(picture, x, picture.height - 1 - n);
    }
    for (const y of [MARGIN_DOTS, bottom]) {
      drawDot(picture, n, y);
      drawDot(picture, picture.width - 1 - n, y);
    }
  }
  return picture;
}
