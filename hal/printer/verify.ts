/** Renders a job, and checks that a phone can read its QR codes. */

import jsqr from 'jsqr';
import { decodeQR } from 'qr/decode.js';
import { messageOf } from '../os/log.ts';
import { renderDocument } from './document.ts';
import { renderPaper } from './paper/escpos-render.ts';
import type { Picture } from './paper/picture.ts';
import { renderPng } from './paper/png.ts';
import type { PrintDocument } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import { withTextPictures } from './text-picture.ts';

/** The bytes of a job, or why it is not to be printed. Never rejects. */
export async function renderJob(
  document: PrintDocument,
  profile: PrinterProfile,
): Promise<{ readonly bytes: Buffer } | { readonly fault: string }> {
  try {
    const bytes = renderDocument(await withTextPictures(document, profile), profile);
    const fault = faultOfJob(document, bytes, profile);
    return fault === undefined ? { bytes } : { fault };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

/** A picture of the paper that a job would come out as. Rejects where it cannot be printed. */
export async function renderPaperPng(
  document: PrintDocument,
  profile: PrinterProfile,
): Promise<Buffer> {
  const rendered = await renderJob(document, profile);
  if ('fault' in rendered) throw new RangeError(rendered.fault);
  return await renderPng(renderPaper(rendered.bytes, profile).picture);
}

/** The QR codes of a document as they would be read off its paper, from the top; none where it cannot be printed. */
export async function readDocumentCodes(
  document: PrintDocument,
  profile: PrinterProfile,
): Promise<readonly string[]> {
  const bytes = renderDocument(await withTextPictures(document, profile), profile);
  return readCodes(renderPaper(bytes, profile).picture);
}

/**
 * Reads each QR of a rendered job off the picture of its paper, and returns what is
 * wrong, or undefined. A slip is printed for its code: one that a phone cannot read is
 * not worth its paper.
 */
export function faultOfJob(
  document: PrintDocument,
  bytes: Uint8Array,
  profile: PrinterProfile,
): string | undefined {
  const wanted = document.flatMap((block) => (block.kind === 'qr' ? [block.data] : []));
  if (wanted.length === 0) return undefined;
  const { picture } = renderPaper(bytes, profile);
  const read = new Set(readCodes(picture));
  const missing = wanted.find((data) => !read.has(data));
  return missing === undefined ? undefined : `its QR cannot be read back: ${missing.slice(0, 80)}`;
}

/** All QR codes on a picture, from the top. */
export function readCodes(picture: Picture): string[] {
  return splitAtWhite(picture).flatMap((part) => {
    const data = readCode(part);
    return data === undefined ? [] : [data];
  });
}

/** By two decoders, as phones differ: now and then one of them misses a code that is well. */
function readCode({ width, height, dots }: Picture): string | undefined {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (const [index, dot] of dots.entries()) if (dot === 1) data.fill(0, index * 4, index * 4 + 3);
  try {
    return decodeQR({ width, height, data }, { format: 'RGBA', effort: 4, timeLimit: 400 });
  } catch {
    return jsqr.default(data, width, height, { inversionAttempts: 'dontInvert' })?.data;
  }
}

/**
 * Rows of white that part one thing from the next. More than one row of modules of 8 dots, which
 * may be all white in a small code, and less than the white around one of 3 dots.
 */
const WHITE_ROWS = 10;
/** A version 1 code of 2 dots a module. */
const MIN_ROWS = 42;
/** White added around a part, for the decoder's sake. */
const MARGIN = 32;

function splitAtWhite(picture: Picture): Picture[] {
  const parts: Picture[] = [];
  let start: number | undefined;
  let white = 0;
  for (let y = 0; y <= picture.height; y += 1) {
    const row = picture.dots.subarray(y * picture.width, (y + 1) * picture.width);
    const isWhite = y === picture.height || !row.includes(1);
    white = isWhite ? white + 1 : 0;
    if (!isWhite) start ??= y;
    if (start === undefined || !(white >= WHITE_ROWS || y === picture.height)) continue;
    if (y - white - start >= MIN_ROWS) parts.push(cutOut(picture, start, y));
    start = undefined;
  }
  return parts;
}

function cutOut({ width, dots }: Picture, top: number, bottom: number): Picture {
  const height = bottom - top + 2 * MARGIN;
  const part = new Uint8Array(width * height);
  part.set(dots.subarray(top * width, bottom * width), MARGIN * width);
  return { width, height, dots: part };
}
