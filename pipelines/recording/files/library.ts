/** Lists the recordings in a folder. */
import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readAt } from '../../../hal/os/durable.ts';
import { errnoOf } from '../../../hal/os/errors.ts';
import { readPublicId } from '../../../hal/os/files/machine-id.ts';
import { listInside, openInside } from '../../../hal/os/open-inside.ts';
import { parseJournal, SEQUENCE_MAX } from './journal.ts';
import { RECORDING_NAME } from './recording-file.ts';

export interface StoredRecording {
  readonly name: string;
  /** Movie and journal together. */
  readonly bytes: number;
  /** Which box wrote it; undefined where that is not known. */
  readonly boxId?: string | undefined;
}

/** What the first line of a journal says of its recording. */
export interface Opening {
  /** They are numbered in the order of writing; 0 where there is no number. */
  readonly sequence: number;
  readonly boxId?: string | undefined;
}

/** By name. */
export type Openings = Map<string, Opening>;

/** Which recordings of a folder are meant: those of this box that are finished. */
export interface OwnStored {
  /** Name of the one that is being written. */
  readonly running?: string | undefined;
  /** See {@link listRecordings}. */
  readonly openings?: Openings;
  readonly boxId?: string | undefined;
}

/** By which recordings name this box; another machine writes another one. */
export function ownBoxId(): string | undefined {
  return readPublicId('venuebox recording');
}

/** Those that another box wrote are not this one's; those of which nobody knows are. */
export function isOfBox({ boxId }: Pick<Opening, 'boxId'>, own: string | undefined): boolean {
  return boxId === undefined || boxId === own;
}

const UNKNOWN: Opening = { sequence: 0 };

/** Of a journal that is there and cannot be read: it may be another box's. No box has this id. */
const UNREADABLE: Opening = { sequence: 0, boxId: '' };

/** The first line of a journal is far shorter. */
const OPENING_MAX_BYTES = 8_192;

/**
 * Oldest first by the order of writing, whatever the clock said; by name where they were
 * written by versions that did not number them. Other files are left out, and all that is
 * no regular file.
 *
 * @param openings Those that are known; the others are read and added.
 */
export async function listRecordings(
  folder: string,
  openings: Openings = new Map(),
): Promise<readonly StoredRecording[]> {
  const bytesOf = new Map<string, number>();
  const isWanted = (file: string) => nameOf(file) !== file && RECORDING_NAME.test(nameOf(file));
  for (const file of await listInside(folder, isWanted)) {
    const name = nameOf(file);
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + (await sizeOf(join(folder, file))));
  }
  for (const name of bytesOf.keys()) {
    const opening = openings.get(name) ?? (await readOpening(folder, name));
    // It is tried again: a disk may fail once.
    if (opening !== undefined) openings.set(name, opening);
  }
  return [...bytesOf]
    .map(([name, bytes]) => ({ name, bytes, ...(openings.get(name) ?? UNREADABLE) }))
    .toSorted((a, b) => a.sequence - b.sequence || (a.name < b.name ? -1 : 1));
}

/** The number of the next recording in a folder whose recordings have these. */
export function nextSequence(openings: Openings): number {
  let last = 0;
  for (const { sequence } of openings.values()) last = Math.max(last, sequence);
  return Math.min(last + 1, SEQUENCE_MAX);
}

/** @returns undefined where the journal is there and cannot be read. */
async function readOpening(folder: string, name: string): Promise<Opening | undefined> {
  try {
    await using journal = await openInside(folder, `${name}.journal`);
    const { open } = parseJournal(await readAt(journal, 0, OPENING_MAX_BYTES)) ?? {};
    return { sequence: open?.sequence ?? 0, boxId: open?.boxId };
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? UNKNOWN : undefined;
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
