/** Lists the recordings in a folder. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RECORDING_NAME } from './recording-file.ts';

export interface StoredRecording {
  readonly name: string;
  /** Movie and journal together. */
  readonly bytes: number;
}

/** Oldest first; other files are left out. */
export async function listRecordings(folder: string): Promise<readonly StoredRecording[]> {
  const bytesOf = new Map<string, number>();
  for (const file of await readdir(folder)) {
    const name = basename(basename(file, '.mp4'), '.journal');
    if (name === file || !RECORDING_NAME.test(name)) continue;
    const size = await sizeOf(join(folder, file));
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + size);
  }
  return [...bytesOf].map(([name, bytes]) => ({ name, bytes })).toSorted(byName);
}

/** Names are dates. */
function byName(a: StoredRecording, b: StoredRecording): number {
  return a.name < b.name ? -1 : 1;
}

/** A file may be deleted while the folder is being read. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
