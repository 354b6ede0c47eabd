/** Writes a movie to the disk, named for its content. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeAll } from '../../hal/os/durable.ts';
import { assertDirectWay, recreateInside } from '../../hal/os/open-inside.ts';
import type { Movie } from './movie.ts';

export interface StoredMovie {
  /** 11 characters of its SHA-256. */
  readonly id: string;
  /** Named for its content: it never changes under its name. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Media time of its first frame, in us. */
  readonly startUs: number;
  readonly durationS: number;
}

const HASH_CHARS = 11;
/** Samples have some hundred bytes: a write for each would be slow on an SD card. */
const WRITE_BYTES = 262_144;

/**
 * The name is `clip-<hash>.mp4` for the prefix `clip`. The file has it only once it is
 * complete and on the disk.
 */
export async function storeMovie(
  folder: string,
  prefix: string,
  movie: Movie,
): Promise<StoredMovie> {
  const hash = createHash('sha256');
  for (const chunk of movie.chunks) hash.update(chunk);
  const id = hash.digest('base64url').slice(0, HASH_CHARS);
  const name = `${prefix}-${id}.mp4`;
  const path = join(folder, name);
  const { bytes, startUs, durationS } = movie;
  const stored = { id, name, path, bytes, startUs, durationS };
  await mkdir(folder, { recursive: true, mode: 0o750 });
  await assertDirectWay(folder);
  const known = await lstat(path).catch(() => undefined);
  if (known?.isFile() && known.size === bytes) return stored;
  const temporary = `${name}.part`;
  try {
    await writeFile(folder, temporary, movie.chunks);
    await rename(join(folder, temporary), path);
  } catch (error) {
    await rm(join(folder, temporary), { force: true });
    throw error;
  }
  await syncFolder(folder);
  return stored;
}

async function writeFile(folder: string, name: string, chunks: readonly Buffer[]): Promise<void> {
  const file = await recreateInside(folder, name, 0o640);
  try {
    let position = 0;
    for (const chunk of joined(chunks)) {
      await writeAll(file, chunk, position);
      position += chunk.length;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

function* joined(chunks: readonly Buffer[]): Generator<Buffer> {
  let buffered: Buffer[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    buffered.push(chunk);
    bytes += chunk.length;
    if (bytes < WRITE_BYTES) continue;
    yield Buffer.concat(buffered);
    buffered = [];
    bytes = 0;
  }
  yield Buffer.concat(buffered);
}
