/** Repairs recordings that a power cut, a crash or an unplugged disk left open. */
import { type FileHandle, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { readAt, syncFolder, writeAll } from '../../../hal/os/durable.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { openInside, readInside, replaceInside } from '../../../hal/os/open-inside.ts';
import { readFragment } from '../../mp4/fragment.ts';
import {
  type EndRecord,
  JOURNAL_MAX_BYTES,
  type Journal,
  parseJournal,
  renderRecord,
  renderSynced,
} from './journal.ts';
import { listRecordings } from './library.ts';
import { journalPath, MODE, moviePath } from './recording-file.ts';
import { type ListedRepair, repairListed } from './repair-listed.ts';
import type { MovieRepair } from './repair-movie.ts';

export interface Repair {
  readonly name: string;
  /**
   * - `repaired`: ends with its last complete fragment and plays.
   * - `removed`: nothing had been recorded yet.
   * - `damaged`: the disk lost synced data, which is hidden, or the journal; what is left stays.
   * - `unreadable`: it stays as it is, for `reason`.
   */
  readonly outcome: 'repaired' | 'removed' | 'damaged' | 'unreadable';
  readonly reason?: string;
  readonly bytes: number;
  /** Cut off: the fragment that was being written. */
  readonly lostBytes: number;
  /** Damaged, before the end. */
  readonly skippedBytes?: number;
}

/** Of a movie without a journal; a longer one is not searched, and stays. */
const SEARCHED_MAX_BYTES = 64_000_000;
/** The last record is far shorter. */
const END_MAX_BYTES = 1_024;

/**
 * Each recording without its last record is cut to its last complete fragment, has what is
 * damaged before that hidden, and is marked as incomplete. A second run changes nothing. One that cannot be repaired stays
 * as it is, and keeps no other from its repair.
 */
export async function repairFolder(folder: string): Promise<readonly Repair[]> {
  const repairs: Repair[] = [];
  for (const { name } of await listRecordings(folder)) {
    const repair = await repairOne(folder, name).catch(
      (error: unknown): Repair => ({
        name,
        outcome: 'unreadable',
        reason: messageOf(error),
        bytes: 0,
        lostBytes: 0,
      }),
    );
    if (repair !== undefined) repairs.push(repair);
  }
  if (repairs.some(({ outcome }) => outcome === 'removed')) await syncFolder(folder);
  return repairs;
}

/** @returns undefined where there is nothing to repair. */
export async function repairOne(folder: string, name: string): Promise<Repair | undefined> {
  const journalName = `${name}.journal`;
  if (await hasEnd(folder, journalName)) return undefined;
  const written = await unlessMissing(readInside(folder, journalName, JOURNAL_MAX_BYTES));
  const movie = await unlessMissing(openInside(folder, `${name}.mp4`, 'write'));
  if (movie === undefined) return await remove(folder, name);
  try {
    const { size } = await movie.stat();
    const stays = { name, outcome: 'damaged', bytes: size, lostBytes: 0 } as const;
    const journal = parseJournal(written ?? Buffer.alloc(0));
    // The first line of a journal is synced before the first fragment is written.
    if (journal === undefined) {
      const isEmpty = size < SEARCHED_MAX_BYTES && !(await holdsFragment(movie, size));
      return isEmpty ? await remove(folder, name) : stays;
    }
    const repair = await repairListed(movie, journal, false);
    if (repair === undefined) {
      // Whatever the disk gives now, it was a recording.
      await endJournal(folder, journalName, journal.validBytes, '', endOf('damaged', size));
      return stays;
    }
    if (repair.fragments.length === 0) return await remove(folder, name);
    await closeJournal(folder, journalName, journal, repair);
    const { isDamaged, bytes, lostBytes, skippedBytes } = repair;
    const outcome = isDamaged ? 'damaged' : 'repaired';
    return { name, outcome, bytes, lostBytes, skippedBytes };
  } finally {
    await movie.close();
  }
}

/**
 * By all of its journal, also where that has ended: for `venuebox repair`.
 *
 * @returns undefined where no journal lists what is in the movie: then both stay as they are.
 */
export async function repairByJournal(
  folder: string,
  name: string,
): Promise<MovieRepair | undefined> {
  const journalName = `${name}.journal`;
  // One that cannot be read, or is a link, lists nothing.
  const written = await readInside(folder, journalName, JOURNAL_MAX_BYTES).catch(() => undefined);
  const journal = parseJournal(written ?? Buffer.alloc(0));
  if (journal === undefined) return undefined;
  const movie = await unlessMissing(openInside(folder, `${name}.mp4`, 'write'));
  if (movie === undefined) return undefined;
  try {
    const repair = await repairListed(movie, journal, true);
    if (repair === undefined || repair.fragments.length === 0) return undefined;
    await closeJournal(folder, journalName, journal, repair);
    return { ...repair, fragments: repair.fragments.length };
  } finally {
    await movie.close();
  }
}

/** undefined where there is no such file. */
async function unlessMissing<T>(opening: Promise<T>): Promise<T | undefined> {
  return await opening.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function remove(folder: string, name: string): Promise<Repair> {
  await rm(moviePath(folder, name), { force: true });
  await rm(journalPath(folder, name), { force: true });
  return { name, outcome: 'removed', bytes: 0, lostBytes: 0 };
}

async function hasEnd(folder: string, journalName: string): Promise<boolean> {
  const handle = await unlessMissing(openInside(folder, journalName));
  if (handle === undefined) return false;
  try {
    const { size } = await handle.stat();
    const bytes = await readAt(handle, Math.max(0, size - END_MAX_BYTES), END_MAX_BYTES);
    const line = bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    const json = line.slice(9);
    const isComplete = bytes.at(-1) === 0x0a && line.slice(0, 8) === checksum(json);
    return isComplete && json.startsWith('{"type":"end"');
  } finally {
    await handle.close();
  }
}

/** Whether there is any fragment, where there is no journal. */
async function holdsFragment(movie: FileHandle, size: number): Promise<boolean> {
  const bytes = await readAt(movie, 0, size);
  for (let at = bytes.indexOf('moof', 4); at !== -1; at = bytes.indexOf('moof', at + 1)) {
    if (readFragment(bytes.subarray(at - 4)) !== undefined) return true;
  }
  return false;
}

/** Ends it; one that lists what is not there is replaced. */
async function closeJournal(
  folder: string,
  name: string,
  { open, validBytes, end }: Journal,
  { fragments, found, isDamaged, bytes }: ListedRepair,
): Promise<void> {
  const last = endOf(isDamaged ? 'damaged' : 'cut off', bytes);
  if (isDamaged || (end !== undefined && found.length > 0)) {
    const text = renderRecord(open) + renderSynced(fragments) + renderRecord(last);
    await replaceInside(folder, name, Buffer.from(text), MODE, true);
  } else if (end === undefined) {
    await endJournal(folder, name, validBytes, renderSynced(found), last);
  }
}

function endOf(reason: 'damaged' | 'cut off', bytes: number): EndRecord {
  return { type: 'end', isComplete: false, reason, bytes };
}

async function endJournal(
  folder: string,
  name: string,
  validBytes: number,
  synced: string,
  end: EndRecord,
): Promise<void> {
  const journal = await openInside(folder, name, 'write');
  try {
    await journal.truncate(validBytes);
    await writeAll(journal, Buffer.from(synced + renderRecord(end)), validBytes);
    await journal.datasync();
  } finally {
    await journal.close();
  }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
