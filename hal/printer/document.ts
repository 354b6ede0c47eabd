/** Renders a document as ESC/POS. */

import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import { encodeQR } from 'qr';
import type { CodePage } from './paper/codepages.ts';
import { blankPicture, dither, drawPicture, type Picture, packRows } from './paper/picture.ts';
import type { Block, DotsBlock, PrintDocument, TextBlock } from './port.ts';
import { printable } from './printable.ts';
import type { PrinterProfile } from './profiles.ts';

/** Rows of one `GS v 0`: cheap printers have a buffer for no more. */
export const MAX_BAND_ROWS = 255;
/** White around a code: ISO/IEC 18004 §9.1 asks for four modules. */
const QUIET_MODULES = 4;
/** A module below 3 dots (0.4 mm) is not read off a thermal print by a phone at arm's length. */
const MIN_MODULE_DOTS = 3;
const MAX_MODULE_DOTS = 8;

/**
 * Renders a document as ESC/POS. Text that no code page has prints as question marks:
 * `withTextPictures` comes before.
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
  for (const block of joined(document, profile)) renderBlock(encoder, block, profile);
  if (profile.hasCutter) encoder.cut('partial');
  else encoder.newline(profile.feedLines);
  return Buffer.from(encoder.encode());
}

/** Dots that follow each other are one picture: the printer feeds a line after each. */
function joined(document: PrintDocument, profile: PrinterProfile): Block[] {
  const blocks: Block[] = [];
  for (const block of document) {
    const last = blocks.at(-1);
    if (block.kind !== 'dots' || last?.kind !== 'dots') blocks.push(block);
    else blocks.splice(-1, 1, { kind: 'dots', picture: stacked(last, block, profile) });
  }
  return blocks;
}

function stacked(above: DotsBlock, below: DotsBlock, profile: PrinterProfile): Picture {
  const both = blankPicture(profile.widthDots, above.picture.height + below.picture.height);
  drawPicture(both, placed(above.picture, profile, above.align), 0, 0);
  drawPicture(both, placed(below.picture, profile, below.align), 0, above.picture.height);
  return both;
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
    case 'cut':
      if (profile.hasCutter) encoder.cut('partial');
      else
        encoder
          .newline(2)
          .line('- '.repeat(profile.columns / 2).trim())
          .newline(2);
      return;
    case 'rule':
      encoder.rule();
      return;
    case 'feed':
      encoder.newline(Math.max(1, Math.min(20, Math.trunc(block.lines))));
      return;
    case 'picture':
      addRaster(encoder, placed(dither(block.picture, profile.widthDots), profile));
      return;
    case 'dots':
      addRaster(encoder, placed(block.picture, profile, block.align));
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
  // Printers carry out DLE sequences wherever they stand, also in the data of a QR; what is no
  // ASCII they encode as Latin-1, and phones read it as UTF-8.
  if (profile.hasNativeQr && /^[ -~]*$/.test(data)) {
    encoder.align('center').qrcode(data, { model: 2, size, errorlevel: 'm' }).align('left');
  } else {
    addRaster(encoder, placed(scaled(matrix, size), profile));
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
function placed(
  picture: Picture,
  { widthDots }: PrinterProfile,
  align: TextBlock['align'] = 'center',
): Picture {
  const wide = blankPicture(widthDots, picture.height);
  const free = widthDots - picture.width;
  const left = { left: 0, center: Math.floor(free / 2), right: free }[align];
  drawPicture(wide, picture, left, 0);
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
  for (let top = 0; top < picture.height; top += MAX_BAND_ROWS) {
    const height = Math.min(MAX_BAND_ROWS, picture.height - top);
    const head = [0x1d, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, height & 0xff, height >> 8];
    const bits = withoutRealTime(rows.subarray(top * rowBytes, (top + height) * rowBytes));
    bands.push(Buffer.concat([Buffer.from(head), bits]));
  }
  return bands;
}

/**
 * Printers look for DLE EOT, DLE ENQ and DLE DC4 in all that comes, pictures too (Epson,
 * ESC/POS Command Reference, "Real-time commands"): DLE DC4 opens a cash drawer or
 * switches the printer off. A dot more makes each of them none.
 */
function withoutRealTime(bits: Buffer): Buffer {
  for (const [index, byte] of bits.entries()) {
    const next = bits[index + 1] ?? 0;
    if (byte === 0x10 && (next === 0x04 || next === 0x05 || next === 0x14)) bits[index] = 0x18;
  }
  return bits;
}
