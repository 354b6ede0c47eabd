/** What of a movie cannot be read, or is damaged: writes over it, and hides it from players. */
import type { FileHandle } from 'node:fs/promises';
import { readAt, writeAll } from '../../../hal/os/durable.ts';
import { errnoOf } from '../../../hal/os/errors.ts';
import { freeHeader } from './hidden-batch.ts';

const BLOCK_BYTES = 4_096;
/** A box with a length of 32 bits has no more. */
const FREE_MAX_BYTES = 2 ** 31;
/** A read of a few bytes takes as long as one of so many. */
const READ_COST_BYTES = 1_024;

/** Each may take a disk several seconds. */
const FAILED_READS_MAX = 250;

/** As `read`; blocks that the disk cannot read any more are zeros. */
export async function readReadable(
  file: FileHandle,
  at: number,
  bytes: number,
  read = readAt,
): Promise<Buffer> {
  try {
    return await read(file, at, bytes);
  } catch (error) {
    if (errnoOf(error) !== 'EIO') throw error;
    if (bytes <= BLOCK_BYTES) return Buffer.alloc(bytes);
    // Blocks begin at multiples of their size.
    const half = Math.ceil((at + bytes / 2) / BLOCK_BYTES) * BLOCK_BYTES - at;
    if (half >= bytes) return Buffer.alloc(bytes);
    const first = await readReadable(file, at, half, read);
    return Buffer.concat([first, await readReadable(file, at + half, bytes - half, read)]);
  }
}

/** As `readAt`, but rejects where a crafted file, or a disk that dies, would be searched for hours. */
export function limited(maxBytes: number): typeof readAt {
  let left = maxBytes;
  let failed = 0;
  return async (file, at, bytes) => {
    left -= bytes + READ_COST_BYTES;
    if (left < 0) throw new Error('too much lies behind its journal: see `venuebox repair`');
    try {
      return await readAt(file, at, bytes);
    } catch (error) {
      failed += 1;
      if (failed < FAILED_READS_MAX) throw error;
      throw new Error('too much of it cannot be read: see `venuebox repair`', { cause: error });
    }
  };
}

/**
 * As `writeAll`. A bad block cannot be read, so it cannot be written in part either: all of it is
 * written, with zeros, which a disk puts elsewhere.
 */
export async function writeOver(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  try {
    return await writeAll(file, bytes, at);
  } catch (error) {
    if (errnoOf(error) !== 'EIO') throw error;
  }
  const { size } = await file.stat();
  const end = at + bytes.length;
  const first = Math.floor(at / BLOCK_BYTES) * BLOCK_BYTES;
  for (let start = first; start < end; start += BLOCK_BYTES) {
    const block = Buffer.alloc(BLOCK_BYTES);
    (await readReadable(file, start, BLOCK_BYTES)).copy(block);
    bytes.copy(block, Math.max(0, at - start), Math.max(0, start - at));
    await writeAll(file, block, start);
  }
  if (Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES > size) await file.truncate(Math.max(size, end));
}

/** Players skip it then. A second time it writes the same. */
export async function hideRange(movie: FileHandle, from: number, end: number): Promise<void> {
  for (let at = from; at < end; ) {
    const rest = end - at;
    const bytes = rest < FREE_MAX_BYTES + BLOCK_BYTES ? rest : FREE_MAX_BYTES;
    await writeOver(movie, freeHeader(bytes), at);
    at += bytes;
  }
}
