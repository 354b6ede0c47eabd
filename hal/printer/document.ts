/** Renders a document as ESC/POS. */

import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { encodeQR } from 'qr';
import type { CodePage } from './codepages.ts';
import { blankPicture, dither, drawPicture, type Picture, packRows } from './picture.ts';
import type { Block, PrintDocument } from './port.ts';
import type { PrinterProfile } from './profiles.ts';

/** Rows of one `GS v 0`: cheap printers have a buffer for no more. */
const BAND_ROWS = 255;
/** White around a code: ISO/IEC 18004 §9.1 asks for four modules. */
const QUIET_MODULES = 4;
/** A module below 3 dots (0.4 mm) is not read off a thermal print by a phone at arm's length. */
const MIN_MODULE_DOTS = 3;
const MAX_MODULE_DOTS = 8;

/**
 * Renders a document as ESC/POS.
 *
 * @throws RangeError for a QR with more data than its paper has room for.
 */
export function renderDocument(document: PrintDocument, profile: PrinterProfile): Buffer {
  const encoder = new ReceiptPrinterEncoder({
    columns: profile.columns as 32 | 48,
    language: 'esc-pos',
    imageMode: 'raster',
    feedBeforeCut: profile.feedLines,
    newline: '\n',
    codepageMapping: { ...profile.codePages },
    codepageCandidates: Object.keys(profile.codePages) as CodePage[],
    errors: 'relaxed',
  });
  encoder.initialize().codepage('auto');
  for (const block of document) renderBlock(encoder, block, profile);
  if (profile.hasCutter) encoder.cut('partial');
  else encoder.newline(profile.feedLines);
  return Buffer.from(encoder.encode());
}

function renderBlock(encoder: ReceiptPrinterEncoder, block: Block, profile: PrinterProfile): void {
  switch (block.kind) {
    case 'text': {
      const { align = 'left', isBold = false, size = 1, text } = block;
      encoder.align(align).bold(isBold).size(size, size);
      for (const line of text.split('\n')) encoder.line(printable(line));
      encoder.align('left').bold(false).size(1, 1);
      return;
    }
    case 'rule':
      encoder.rule();
      return;
    case 'feed':
      encoder.newline(Math.max(1, Math.min(20, Math.trunc(block.lines))));
      return;
    case 'picture':
      addRaster(encoder, centred(dither(block.picture, profile.widthDots), profile));
      return;
    case 'qr':
      renderQr(encoder, block.data, profile);
      return;
  }
}

function renderQr(encoder: ReceiptPrinterEncoder, data: string, profile: PrinterProfile): void {
  const matrix = encodeQR(data, 'raw', { ecc: 'medium', border: QUIET_MODULES });
  const size = Math.min(MAX_MODULE_DOTS, Math.floor(profile.widthDots / matrix.length));
  if (size < MIN_MODULE_DOTS) {
    throw new RangeError(`QR of ${data.length} characters: ${size} dots a module on this paper`);
  }
  if (profile.hasNativeQr) {
    encoder.align('center').qrcode(data, { model: 2, size, errorlevel: 'm' }).align('left');
  } else {
    addRaster(encoder, centred(scaled(matrix, size), profile));
  }
}

/** On a line of its own: text beside raw bytes is not aligned. */
function addRaster(encoder: ReceiptPrinterEncoder, picture: Picture): void {
  for (const band of renderRaster(picture)) encoder.raw(band);
  encoder.newline();
}

function scaled(matrix: readonly (readonly boolean[])[], size: number): Picture {
  const picture = blankPicture(matrix.length * size, matrix.length * size);
  for (const index of picture.dots.keys()) {
    const x = Math.floor((index % picture.width) / size);
    const y = Math.floor(index / picture.width / size);
    if (matrix[y]?.[x]) picture.dots[index] = 1;
  }
  return picture;
}

/** Full width, so that the place does not depend on how a printer aligns rasters. */
function centred(picture: Picture, { widthDots }: PrinterProfile): Picture {
  const wide = blankPicture(widthDots, picture.height);
  drawPicture(wide, picture, Math.floor((widthDots - picture.width) / 2), 0);
  return wide;
}

/**
 * `GS v 0` in bands. One by one, since the encoder hands each raw block's bytes
 * over as call arguments, and 100 kB of those overflow the stack.
 */
function renderRaster(picture: Picture): Uint8Array[] {
  const rowBytes = Math.ceil(picture.width / 8);
  const rows = packRows(picture);
  const bands: Buffer[] = [];
  for (let top = 0; top < picture.height; top += BAND_ROWS) {
    const height = Math.min(BAND_ROWS, picture.height - top);
    const head = [0x1d, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, height & 0xff, height >> 8];
    const bits = rows.subarray(top * rowBytes, (top + height) * rowBytes);
    bands.push(Buffer.concat([Buffer.from(head), bits]));
  }
  return bands;
}

/** Text from guests must not carry commands: control characters are taken out. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.normalize('NFC').replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}
