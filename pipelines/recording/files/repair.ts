/** Repairs recordings that a power cut, a crash or an unplugged disk left open. */
import { type FileHandle, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { readAt, syncFolder } from '../../../hal/os/durable.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { openInside, readInside } from '../../../hal/os/open-inside.ts';
import { readFragment } from '../../mp4/fragment.ts';
import { readReadable, writeOver } from './damaged-range.ts';
import { hiddenHeader, paddingOf } from './hidden-batch.ts';
import {
  acknowledgedBytes,
  type FragmentEntry,
  JOURNAL_MAX_BYTES,
  type Journal,
  parseJournal,
  renderRecord,
} from './journal.ts';
import { listRecordings } from './library.ts';
import { journalPath, moviePath } from './recording-file.ts';

export interface Repair {
  readonly name: string;
  /**
   * - `repaired`: ends with its last complete fragment and plays.
   * - `removed`: nothing had been recorded yet.
   * - `damaged`: the disk lost synced data, or the journal; what is left stays.
   * - `unreadable`: it stays as it is, for `reason`.
   */
  readonly outcome: 'repaired' | 'removed' | 'damaged' | 'unreadable';
  readonly reason?: string;
  readonly bytes: number;
  /** Cut off: the fragment that was being written. */
  readonly lostBytes: number;
}

/** Fragments whose checksums are verified at a time, from the end backwards. */
const CHECKED_FRAGMENTS = 64;
/** Length of unsynced data after the last fragment of the journal; the rest is no recording. */
const TAIL_MAX_BYTES = 64_000_000;
/** The last record is far shorter. */
const END_MAX_BYTES = 1_024;

/**
 * Each recording without its last record is cut to its last complete fragment and
 * marked as incomplete. A second run changes nothing. One that cannot be repaired stays
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
  const bytes = await unlessMissing(readInside(folder, journalName, JOURNAL_MAX_BYTES));
  const movie = await unlessMissing(openInside(folder, `${name}.mp4`, 'write'));
  if (movie === undefined) return await remove(folder, name);
  try {
    const journal = parseJournal(bytes ?? Buffer.alloc(0));
    const { size } = await movie.stat();
    // The first line of a journal is synced before the first fragment is written.
    if (journal === undefined) {
      return size < TAIL_MAX_BYTES && !(await holdsFragment(movie, size))
        ? await remove(folder, name)
        : { name, outcome: 'damaged', bytes: size, lostBytes: 0 };
    }
    const known = await verified(movie, journal, size);
    const isDamaged = known.length < journal.fragments.length;
    if (isDamaged && known.length === 0) {
      // Whatever the disk gives now, it was a recording.
      await closeJournal(folder, journalName, journal.validBytes, isDamaged, [], size);
      return { name, outcome: 'damaged', bytes: size, lostBytes: 0 };
    }
    const from = acknowledgedBytes({ ...journal, fragments: known });
    // Where nothing was synced, a block that cannot be read may hold all there is.
    const read = known.length === 0 ? readAt : readReadable;
    const tail = await read(movie, from, Math.min(size - from, TAIL_MAX_BYTES));
    const header = hiddenHeader(tail);
    header?.copy(tail);
    const found = isDamaged ? [] : salvage(tail, journal, from);
    const fragments = [...known, ...found];
    if (fragments.length === 0) return await remove(folder, name);
    const end = acknowledgedBytes({ ...journal, fragments });
    await movie.truncate(end);
    await movie.datasync();
    if (header !== undefined && found.length > 0) {
      await writeOver(movie, header, from);
      await movie.datasync();
    }
    await closeJournal(folder, journalName, journal.validBytes, isDamaged, found, end);
    return { name, outcome: isDamaged ? 'damaged' : 'repaired', bytes: end, lostBytes: size - end };
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

/** The acknowledged fragments up to the first that is not what the journal says. */
async function verified(
  movie: FileHandle,
  { fragments }: Journal,
  size: number,
): Promise<readonly FragmentEntry[]> {
  let end = fragments.length;
  while (end > 0) {
    const from = Math.max(0, end - CHECKED_FRAGMENTS);
    const good = await countGood(movie, fragments.slice(from, end), size);
    if (good > 0 || from === 0) return fragments.slice(0, from + good);
    end = from;
  }
  return [];
}

async function countGood(
  movie: FileHandle,
  fragments: readonly FragmentEntry[],
  size: number,
): Promise<number> {
  for (const [i, { offset, bytes, crc }] of fragments.entries()) {
    if (offset + bytes > size) return i;
    // What cannot be read now may be read the next time.
    if (crc32(await readAt(movie, offset, bytes)) !== crc) return i;
  }
  return fragments.length;
}

/**
 * Complete fragments that reached the disk and are not in the journal.
 *
 * Blocks that did not reach it are zeros. A fragment counts when it holds no such block
 * and the next one can be read: then the blocks that it shares with both were written too.
 */
function salvage(
  tail: Buffer,
  { open: { tracks, baseUs }, fragments }: Journal,
  from: number,
): readonly FragmentEntry[] {
  const found: FragmentEntry[] = [];
  let at = 0;
  for (;;) {
    const read = readFragment(tail.subarray(at));
    const track = tracks[(read?.trackId ?? 0) - 1];
    if (read === undefined || track === undefined) return found.slice(0, -1);
    const end = at + read.totalBytes;
    const bytes = tail.subarray(at, end + paddingOf(tail.subarray(end)));
    const isNext = read.sequence === fragments.length + found.length + 1;
    if (!isNext) return found.slice(0, -1);
    if (bytes.length < read.totalBytes || hasHole(bytes)) return found;
    found.push({
      trackIndex: read.trackId - 1,
      offset: from + at,
      bytes: bytes.length,
      crc: crc32(bytes),
      startUs: baseUs + Math.round((read.decodeTicks * 1e6) / track.timescale),
      durationUs: Math.round((read.durationTicks * 1e6) / track.timescale),
      isKeyframe: read.samples[0]?.isKeyframe ?? false,
    });
    at += bytes.length;
  }
}

/**
 * True where a block never reached the disk. Encoded media has no such run of
 * zeros: H.264 forbids three in a row inside a NAL unit.
 */
function hasHole(bytes: Buffer): boolean {
  return bytes.includes(Buffer.alloc(512));
}

/** Whether there is any fragment, where there is no journal. */
async function holdsFragment(movie: FileHandle, size: number): Promise<boolean> {
  const bytes = await readAt(movie, 0, size);
  const at = bytes.indexOf('moof') - 4;
  return at >= 0 && readFragment(bytes.subarray(at)) !== undefined;
}

async function closeJournal(
  folder: string,
  name: string,
  validBytes: number,
  isDamaged: boolean,
  found: readonly FragmentEntry[],
  bytes: number,
): Promise<void> {
  const journal = await openInside(folder, name, 'write');
  try {
    await journal.truncate(validBytes);
    const synced = found.length > 0 ? renderRecord({ type: 'synced', fragments: found }) : '';
    const reason = isDamaged ? 'damaged' : 'cut off';
    const end = renderRecord({ type: 'end', isComplete: false, reason, bytes });
    await journal.write(synced + end, validBytes);
    await journal.datasync();
  } finally {
    await journal.close();
  }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
