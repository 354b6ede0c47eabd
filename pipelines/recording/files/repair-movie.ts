/** Repairs one movie as it lies there, without its journal: for `venuebox repair`. */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readAt } from '../../../hal/os/durable.ts';
import { openInside } from '../../../hal/os/open-inside.ts';
import { type Fragment, readFragment } from '../../mp4/fragment.ts';
import { Course } from './course.ts';
import { findNext, hideRange, readReadable, writeOver } from './damaged-range.ts';
import { headerOf, paddingOf } from './hidden-batch.ts';

export interface MovieRepair {
  readonly fragments: number;
  /** Length of the file now. */
  readonly bytes: number;
  /** Cut off behind the last complete fragment. */
  readonly lostBytes: number;
  /** Between complete fragments: they stay where they are, and players skip them. */
  readonly skippedBytes: number;
}

/** A moof of this box is far shorter. */
const MOOF_MAX_BYTES = 32_768;
/** Of the file's end: a power cut leaves zeros only there. */
const CHECKED_BYTES = 64_000_000;

/**
 * Cuts a recording to its last complete fragment, and hides what is damaged before that. A second
 * run changes nothing.
 *
 * Rejects with an Error where it holds no fragment of this box: then it stays as it is.
 */
export async function repairMovie(path: string): Promise<MovieRepair> {
  const movie = await openInside(dirname(path), basename(path), 'write');
  try {
    return await repairOpen(movie, path);
  } finally {
    await movie.close();
  }
}

/** As {@link repairMovie}. */
export async function repairOpen(movie: FileHandle, path: string): Promise<MovieRepair> {
  const { size } = await movie.stat();
  const { fragments, end, hidden, damaged } = await findAll(movie, size);
  if (fragments === 0) {
    throw new Error(`${path}: no recording of this box, or nothing was recorded yet`);
  }
  if (end < size) {
    await movie.truncate(end);
    await movie.datasync();
  }
  for (const { at, header } of hidden) await writeOver(movie, header, at);
  for (const range of damaged) await hideRange(movie, range.at, range.end);
  if (hidden.length > 0 || damaged.length > 0) await movie.datasync();
  const skippedBytes = damaged.reduce((sum, range) => sum + range.end - range.at, 0);
  return { fragments, bytes: end, lostBytes: size - end, skippedBytes };
}

interface Found {
  fragments: number;
  end: number;
  /** Headers of moofs that lie under a free box, or are damaged. */
  readonly hidden: { readonly at: number; readonly header: Buffer }[];
  /** Each ends with a complete fragment. */
  readonly damaged: { readonly at: number; readonly end: number }[];
}

async function findAll(movie: FileHandle, size: number): Promise<Found> {
  const found: Found = { fragments: 0, end: 0, hidden: [], damaged: [] };
  let at = await headerBytes(movie, size);
  const course = new Course(at);
  while (at < size) {
    const padding = paddingOf(await readReadable(movie, at, Math.min(8, size - at)));
    if (padding > 0) {
      at += padding;
      if (found.fragments > 0) found.end = at;
      course.skip(padding);
      continue;
    }
    const follows = async (next: number) => {
      const found = await fragmentAt(movie, next, size);
      return found !== undefined && course.isNext(found.read, next) ? found : undefined;
    };
    const fragment = await follows(at);
    if (fragment === undefined) {
      const isGood = async (next: number) => (await follows(next)) !== undefined;
      const end = await findNext(movie, at + 1, size, isGood);
      if (end === undefined) break;
      found.damaged.push({ at, end });
      at = end;
      continue;
    }
    if (fragment.header !== undefined) found.hidden.push({ at, header: fragment.header });
    course.add(fragment.read, at);
    at += fragment.read.totalBytes;
    found.fragments += 1;
    found.end = at;
  }
  return found;
}

/** A complete fragment; with the header of its moof where another one, or none, lies there. */
async function fragmentAt(
  movie: FileHandle,
  at: number,
  size: number,
): Promise<{ readonly read: Fragment; readonly header: Buffer | undefined } | undefined> {
  const bytes = await readReadable(movie, at, Math.min(MOOF_MAX_BYTES, size - at));
  const header = headerOf(bytes);
  if (header === undefined) return undefined;
  const isThere = bytes.subarray(0, header.length).equals(header);
  header.copy(bytes);
  const read = readFragment(bytes);
  if (read === undefined || at + read.totalBytes > size) return undefined;
  const isChecked = size - at < CHECKED_BYTES;
  if (isChecked && (await isTorn(movie, at, read.totalBytes, size))) return undefined;
  return { read, header: isThere ? undefined : header };
}

/** Length of ftyp and moov. */
async function headerBytes(movie: FileHandle, size: number): Promise<number> {
  let at = 0;
  for (const type of ['ftyp', 'moov']) {
    const box = await readAt(movie, at, 8);
    if (box.toString('latin1', 4) !== type || at + box.readUInt32BE(0) > size) return size;
    at += box.readUInt32BE(0);
  }
  return at;
}

/**
 * True where a block never reached the disk: H.264 has no such run of zeros. The last
 * block may be shorter; then zeros follow, too.
 */
async function isTorn(
  movie: FileHandle,
  at: number,
  length: number,
  size: number,
): Promise<boolean> {
  const bytes = await readReadable(movie, at, Math.min(length + 8, size - at));
  const isLastZero = bytes[length - 1] === 0 && bytes.length > length;
  const hasZerosBehind = bytes.subarray(length).every((byte) => byte === 0);
  return bytes.includes(Buffer.alloc(512)) || (isLastZero && hasZerosBehind);
}
