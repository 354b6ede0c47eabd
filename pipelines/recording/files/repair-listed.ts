/** Repairs a movie by its journal: what is not as listed is hidden, and the rest stays. */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { readAt } from '../../../hal/os/durable.ts';
import { type CheckedFragments, checkFragments } from './check-fragments.ts';
import { hideRange, limited, readReadable, writeOver } from './damaged-range.ts';
import { type Found, findFragments, moofAt, type SearchedMovie } from './find-fragments.ts';
import { FragmentSequence } from './fragment-sequence.ts';
import { acknowledgedBytes, type FragmentEntry, isListable, type Journal } from './journal.ts';
import type { MovieRepair } from './repair-movie.ts';

export interface ListedRepair extends Omit<MovieRepair, 'fragments'> {
  /** What the journal is to list. */
  readonly fragments: readonly FragmentEntry[];
  /** Those of them that it does not list yet. */
  readonly found: readonly FragmentEntry[];
  /** Some that it lists are gone. */
  readonly isDamaged: boolean;
}

/** Fragments of each track are among so many. */
const LAST_FRAGMENTS = 64;
const HEADER_BYTES = 8;
/** At the start, behind what is listed: of a recording of seven hours all fragments are found with it. */
const SEARCHED_MAX_BYTES = 1_000_000_000;
const BLOCK_BYTES = 512;

/**
 * Cuts the movie behind its last complete fragment, listed or not, and hides what is not as listed
 * before that. A second run changes nothing.
 *
 * @param isAll Compares all that is listed, takes blocks of it that cannot be read for damaged, and
 *   searches all behind it, however long; otherwise it compares only the last ones as far as they
 *   are damaged, and rejects then.
 * @returns undefined where nothing is as listed; then all stays as it is, as it does where no
 *   fragment is left.
 */
export async function repairListed(
  file: FileHandle,
  journal: Journal,
  isAll: boolean,
): Promise<ListedRepair | undefined> {
  const { size, blocks } = await file.stat();
  const movie = { file, size, read: isAll ? readReadable : readAt };
  const checked = await checkFragments(movie, journal.fragments, isAll);
  const { good, bad } = checked;
  if (bad.length > 0 && good.length === 0) return undefined;
  // The disk gives what was synced: a block behind that which it does not give was being written.
  const upTo = (bytes: number): SearchedMovie => {
    if (isAll) return movie;
    const read = limited(bytes);
    const readGood: typeof readAt = (...where) => readReadable(...where, read);
    return { ...movie, read: good.length > 0 ? readGood : read };
  };
  const tail = await findTail(upTo(SEARCHED_MAX_BYTES), journal, good);
  const found = await entriesOf(upTo(SEARCHED_MAX_BYTES + blocks * BLOCK_BYTES), journal, tail);
  const fragments = [...good, ...found];
  const end = acknowledgedBytes({ ...journal, fragments });
  const skippedBytes = fragments.length === 0 ? 0 : await write(movie, checked, tail, end);
  const [lostBytes, isDamaged] = [size - end, bad.length > 0];
  return { fragments, found, isDamaged, bytes: end, lostBytes, skippedBytes };
}

/**
 * Complete fragments behind what the journal lists. The last one counts where the next one's
 * header is there: then the blocks that it shares with that were written too.
 */
async function findTail(
  movie: SearchedMovie,
  journal: Journal,
  good: readonly FragmentEntry[],
): Promise<Found> {
  const sequence = new FragmentSequence(journal.open.headerBytes);
  for (const { offset, bytes } of good.slice(-LAST_FRAGMENTS)) {
    const moof = await moofAt(movie, offset);
    if (moof === undefined) continue;
    sequence.add(moof.read, offset);
    sequence.skip(bytes - moof.read.totalBytes);
  }
  const tail = await findFragments(movie, acknowledgedBytes(journal), sequence);
  const last = tail.fragments.at(-1);
  if (last !== undefined && (await moofAt(movie, last.at + last.bytes)) === undefined) {
    tail.fragments.pop();
  }
  return tail;
}

/** As the journal is to list them. */
async function entriesOf(
  { file, read }: SearchedMovie,
  { open: { tracks, baseUs } }: Journal,
  { fragments, headers }: Found,
): Promise<readonly FragmentEntry[]> {
  const entries: FragmentEntry[] = [];
  for (const { at, bytes, trackId, ...times } of fragments) {
    const fragment = await read(file, at, bytes);
    headers.find((one) => one.at === at)?.header.copy(fragment);
    const { timescale = 0 } = tracks[trackId - 1] ?? {};
    const toUs = (ticks: number) => Math.round((ticks * 1e6) / timescale);
    const entry = {
      ...{ trackIndex: trackId - 1, offset: at, bytes, crc: crc32(fragment) },
      ...{ startUs: baseUs + toUs(times.decodeTicks), durationUs: toUs(times.durationTicks) },
      isKeyframe: times.isKeyframe,
    };
    if (!isListable(entry)) break;
    entries.push(entry);
  }
  return entries;
}

/** @returns How many bytes before `end` are hidden. */
async function write(
  { file, size }: SearchedMovie,
  checked: CheckedFragments,
  tail: Found,
  end: number,
): Promise<number> {
  if (end < size) {
    await file.truncate(end);
    await file.datasync();
  }
  const headers = [...checked.headers, ...tail.headers].filter(({ at }) => at < end);
  const listed = checked.bad.map(({ offset, bytes }) => ({ at: offset, end: offset + bytes }));
  const hidden = [...listed, ...tail.damaged].filter(
    (range) => range.end <= end && range.end - range.at >= HEADER_BYTES,
  );
  for (const { at, header } of headers) await writeOver(file, header, at);
  for (const range of hidden) await hideRange(file, range.at, range.end);
  if (headers.length + hidden.length > 0) await file.datasync();
  return hidden.reduce((sum, range) => sum + range.end - range.at, 0);
}
