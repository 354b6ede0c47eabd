/** Lists the recordings in a folder. */
import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readAt } from '../../../hal/os/durable.ts';
import { listInside, openInside } from '../../../hal/os/open-inside.ts';
import { parseJournal, SEQUENCE_MAX } from './journal.ts';
import { RECORDING_NAME } from './recording-file.ts';

export interface StoredRecording {
  readonly name: string;
  /** Movie and journal together. */
  readonly bytes: number;
}

/** By name: recordings are numbered in the order of writing; 0 where there is no number. */
export type Sequences = Map<string, number>;

/** The first line of a journal is far shorter. */
const OPENING_MAX_BYTES = 8_192;

/**
 * Oldest first by the order of writing, whatever the clock said; by name where they were
 * written by versions that did not number them. Other files are left out, and all that is
 * no regular file.
 *
 * @param sequences Those that are known; the others are read and added.
 */
export async function listRecordings(
  folder: string,
  sequences: Sequences = new Map(),
): Promise<readonly StoredRecording[]> {
  const bytesOf = new Map<string, number>();
  const isWanted = (file: string) => nameOf(file) !== file && RECORDING_NAME.test(nameOf(file));
  for (const file of await listInside(folder, isWanted)) {
    const name = nameOf(file);
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + (await sizeOf(join(folder, file))));
  }
  for (const name of bytesOf.keys()) {
    if (!sequences.has(name)) sequences.set(name, await readSequence(folder, name));
  }
  const sequenceOf = ({ name }: StoredRecording) => sequences.get(name) ?? 0;
  return [...bytesOf]
    .map(([name, bytes]) => ({ name, bytes }))
    .toSorted((a, b) => sequenceOf(a) - sequenceOf(b) || (a.name < b.name ? -1 : 1));
}

/** The number of the next recording in a folder whose recordings have these. */
export function nextSequence(sequences: Sequences): number {
  let last = 0;
  for (const sequence of sequences.values()) last = Math.max(last, sequence);
  return Math.min(last + 1, SEQUENCE_MAX);
}

async function readSequence(folder: string, name: string): Promise<number> {
  const journal = await openInside(folder, `${name}.journal`).catch(() => undefined);
  if (journal === undefined) return 0;
  try {
    return parseJournal(await readAt(journal, 0, OPENING_MAX_BYTES))?.open.sequence ?? 0;
  } catch {
    return 0;
  } finally {
    await journal.close();
  }
}

function nameOf(file: string): string {
  return basename(basename(file, '.mp4'), '.journal');
}

/** A file may be deleted, or turn out unreadable, while the folder is being read. */
async function sizeOf(path: string): Promise<number> {
  return await lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
