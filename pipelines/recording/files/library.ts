/** Lists the recordings in a folder. */
import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listInside } from '../../../hal/os/open-inside.ts';
import { RECORDING_NAME } from './recording-file.ts';

export interface StoredRecording {
  readonly name: string;
  /** Movie and journal together. */
  readonly bytes: number;
}

/** Oldest first; other files are left out, and all that is no regular file. */
export async function listRecordings(folder: string): Promise<readonly StoredRecording[]> {
  const bytesOf = new Map<string, number>();
  const isWanted = (file: string) => nameOf(file) !== file && RECORDING_NAME.test(nameOf(file));
  for (const file of await listInside(folder, isWanted)) {
    const name = nameOf(file);
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + (await sizeOf(join(folder, file))));
  }
  return [...bytesOf].map(([name, bytes]) => ({ name, bytes })).toSorted(byName);
}

function nameOf(file: string): string {
  return basename(basename(file, '.mp4'), '.journal');
}

/** Names are dates. */
function byName(a: StoredRecording, b: StoredRecording): number {
  return a.name < b.name ? -1 : 1;
}

/** A file may be deleted, or turn out unreadable, while the folder is being read. */
async function sizeOf(path: string): Promise<number> {
  return await lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
