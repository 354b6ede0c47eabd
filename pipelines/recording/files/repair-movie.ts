/** Repairs one movie as it lies there, without its journal: for `venuebox repair`. */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readAt } from '../../../hal/os/durable.ts';
import { openInside } from '../../../hal/os/open-inside.ts';
import { hideRange, readReadable, writeOver } from './damaged-range.ts';
import { endOf, findFragments } from './find-fragments.ts';
import { FragmentSequence } from './fragment-sequence.ts';

export interface MovieRepair {
  readonly fragments: number;
  /** Length of the file now. */
  readonly bytes: number;
  /** Cut off behind the last complete fragment. */
  readonly lostBytes: number;
  /** Between complete fragments: they stay where they are, and players skip them. */
  readonly skippedBytes: number;
}

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
  const from = await headerBytes(movie, size);
  const found = await findFragments(
    { file: movie, size, read: readReadable },
    from,
    new FragmentSequence(from),
  );
  const { fragments, headers, damaged } = found;
  const end = endOf(found);
  if (end === undefined) {
    throw new Error(`${path}: no recording of this box, or nothing was recorded yet`);
  }
  if (end < size) {
    await movie.truncate(end);
    await movie.datasync();
  }
  for (const { at, header } of headers) await writeOver(movie, header, at);
  for (const range of damaged) await hideRange(movie, range.at, range.end);
  if (headers.length > 0 || damaged.length > 0) await movie.datasync();
  const skippedBytes = damaged.reduce((sum, range) => sum + range.end - range.at, 0);
  return { fragments: fragments.length, bytes: end, lostBytes: size - end, skippedBytes };
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
