/** A host's picture in several widths, as AVIF, WebP and JPEG; or one that is small enough to be sent. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openTempFolder } from '../../hal/os/files/temp-folder.ts';
import { entryPoint, runCommand } from '../../hal/os/process.ts';
import { mediaTypeOf, type PictureFormat } from '../clips/accept.ts';
import { PictureError } from '../player/pictures/picture-file.ts';
import { PICTURE_FAULT } from './fit-picture.ts';

/** One picture in one width and format. */
export interface Variant {
  readonly type: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bytes: Buffer;
}

/** What the process is to do, and where. */
export interface VariantsJob {
  readonly folder: string;
  /** The picture's file. */
  readonly source: string;
  /** In place of all variants: one JPEG of this name. */
  readonly shrunk?: { readonly name: string } & ShrunkSize;
  /** In place of all variants: its grey pixels, in a file of this name. */
  readonly grey?: { readonly name: string } & GreySize;
}

export interface ShrunkSize {
  readonly maxBytes: number;
  /** Of the longer side. */
  readonly sidePx: number;
}

export interface GreySize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One byte a pixel, 0 is black. */
export interface Grey {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Buffer;
}

export interface MadeFile {
  readonly format: PictureFormat;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly name: string;
}

/** It takes a second or two; on a Pi that encodes three renditions, much longer. */
const TIMEOUT_MS = 180_000;
const TEMP_NAME = 'vb-variants-';

/**
 * In a process of its own, as decoders may crash, and as each encoder occupies a core: viewers'
 * media does not wait for it. The order of formats is AVIF, WebP, JPEG, of widths the smallest first.
 *
 * Rejects with one line where it is no picture.
 */
export async function makeVariants(
  picture: Buffer,
  signal: AbortSignal,
): Promise<readonly Variant[]> {
  await using temp = await openTempFolder(TEMP_NAME);
  const folder = temp.path;
  const source = join(folder, 'picture');
  await writeFile(source, picture, { mode: 0o600 });
  const files = JSON.parse(await run({ folder, source }, signal)) as readonly MadeFile[];
  return await Promise.all(
    files.map(async ({ format, widthPx, heightPx, name }) => {
      const bytes = await readFile(join(folder, basename(name)));
      return { type: mediaTypeOf(format), widthPx, heightPx, bytes };
    }),
  );
}

/**
 * The picture of a file as a JPEG, upright and no larger than this; in a process of its own, too,
 * which reads it: the file may be on a slow disk. Rejects with one line, and with PictureError
 * where another try is of no use.
 */
export async function shrinkPicture(
  file: string,
  size: ShrunkSize,
  signal: AbortSignal,
): Promise<Buffer> {
  await using folder = await openTempFolder(TEMP_NAME);
  const name = 'shrunk';
  await run({ folder: folder.path, source: file, shrunk: { name, ...size } }, signal);
  return await readFile(join(folder.path, name));
}

/**
 * The picture of a file in grey on white paper, as large as fits; an SVG too. Rejects with one line,
 * and with PictureError where it is no picture.
 */
export async function greyPicture(
  file: string,
  size: GreySize,
  signal: AbortSignal,
): Promise<Grey> {
  await using folder = await openTempFolder(TEMP_NAME);
  const job = { folder: folder.path, source: file, grey: { name: 'grey', ...size } };
  const [made] = JSON.parse(await run(job, signal)) as readonly [GreySize];
  return { ...made, pixels: await readFile(join(folder.path, job.grey.name)) };
}

/** What it writes to stdout. */
async function run(job: VariantsJob, signal: AbortSignal): Promise<string> {
  const args = [...process.execArgv, entryPoint(import.meta.url, './main'), JSON.stringify(job)];
  const made = await runCommand(process.execPath, args, { timeoutMs: TIMEOUT_MS, signal });
  if (made.exitCode === 0) return made.stdout;
  const reason = lastLine(made.stderr);
  if (made.exitCode === PICTURE_FAULT) throw new PictureError(`it cannot be decoded: ${reason}`);
  throw new Error(`it was not read: ${reason}`);
}

/** Of a stack trace: its message. */
function lastLine(stderr: string): string {
  const message = stderr.split('\n').find((line) => /^\w*Error: /.test(line));
  return (message ?? stderr.trim().slice(-200)).replace(/^\w*Error: /, '');
}
