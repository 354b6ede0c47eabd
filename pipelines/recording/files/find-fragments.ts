/** Finds the fragments of a movie by what lies there, where no journal lists them. */
import type { FileHandle } from 'node:fs/promises';
import type { readAt } from '../../../hal/os/durable.ts';
import { type Fragment, readFragment } from '../../mp4/fragment.ts';
import type { FragmentSequence } from './fragment-sequence.ts';
import { headerOf, paddingOf } from './hidden-batch.ts';

export interface SearchedMovie {
  readonly file: FileHandle;
  readonly size: number;
  /** `readReadable` takes blocks that cannot be read for zeros, `readAt` rejects. */
  readonly read: typeof readAt;
}

/** A complete moof and mdat, and the padding behind it. */
export interface FoundFragment {
  readonly at: number;
  readonly bytes: number;
  readonly trackId: number;
  readonly decodeTicks: number;
  readonly durationTicks: number;
  readonly isKeyframe: boolean;
}

/** Where the header of a moof is to be written, since another one, or none, lies there. */
export interface MissingHeader {
  readonly at: number;
  readonly header: Buffer;
}

export interface Found {
  readonly fragments: FoundFragment[];
  readonly headers: MissingHeader[];
  /** Each is followed by a complete fragment. */
  readonly damaged: { readonly at: number; readonly end: number }[];
}

/** A moof of this box is far shorter. */
const MOOF_MAX_BYTES = 32_768;
/** Its header, its mfhd, and the header of its traf, which says how long it is. */
const MOOF_START_BYTES = 32;
const MDAT_HEADER_BYTES = 8;
/** Of the file's end: a power cut leaves zeros only there. */
const CHECKED_BYTES = 64_000_000;
const SECTOR_BYTES = 512;
const SEARCHED_BYTES = 1_000_000;
/** From the start of a moof, hidden or not: its own header, and the length of this box. */
const MFHD_AT = 12;

/** Where what was found ends. */
export function endOf({ fragments }: Found): number | undefined {
  const last = fragments.at(-1);
  return last && last.at + last.bytes;
}

/** All from `from` on that this movie can have come to. */
export async function findFragments(
  movie: SearchedMovie,
  from: number,
  sequence: FragmentSequence,
): Promise<Found> {
  const found: Found = { fragments: [], headers: [], damaged: [] };
  const follows = async (at: number) => {
    const fragment = await fragmentAt(movie, at);
    return fragment !== undefined && sequence.isNext(fragment.read, at) ? fragment : undefined;
  };
  for (let at = from; at < movie.size; ) {
    const padding = paddingOf(await movie.read(movie.file, at, Math.min(8, movie.size - at)));
    if (padding > 0) {
      addPadding(found, at, padding);
      at += padding;
      sequence.skip(padding);
      continue;
    }
    const fragment = await follows(at);
    if (fragment === undefined) {
      const isGood = async (next: number) => (await follows(next)) !== undefined;
      const end = await findNext(movie, at + 1, isGood);
      if (end === undefined) break;
      found.damaged.push({ at, end });
      at = end;
      continue;
    }
    if (fragment.header !== undefined) found.headers.push({ at, header: fragment.header });
    found.fragments.push(summaryOf(fragment.read, at));
    sequence.add(fragment.read, at);
    at += fragment.read.totalBytes;
  }
  return found;
}

/**
 * The next offset from `from` on where a moof may lie, by what is in it, and that `isGood` accepts;
 * undefined where there is none.
 */
async function findNext(
  { file, size, read }: SearchedMovie,
  from: number,
  isGood: (at: number) => Promise<boolean>,
): Promise<number | undefined> {
  for (let at = from; at < size; at += SEARCHED_BYTES) {
    const length = Math.min(SEARCHED_BYTES + MFHD_AT + 4, size - at);
    const bytes = await read(file, at, length);
    let found = bytes.indexOf('mfhd', MFHD_AT, 'latin1');
    for (; found !== -1; found = bytes.indexOf('mfhd', found + 1, 'latin1')) {
      const start = found - MFHD_AT;
      if (start < SEARCHED_BYTES && (await isGood(at + start))) return at + start;
    }
  }
  return undefined;
}

/** The moof there with its header, whatever lies in its place; undefined where there is none. */
export async function moofAt(
  { file, size, read }: SearchedMovie,
  at: number,
): Promise<{ readonly read: Fragment; readonly header: Buffer | undefined } | undefined> {
  const header = headerOf(await read(file, at, Math.min(MOOF_START_BYTES, size - at)));
  if (header === undefined) return undefined;
  const length = Math.min(header.readUInt32BE(0) + MDAT_HEADER_BYTES, MOOF_MAX_BYTES, size - at);
  const bytes = await read(file, at, length);
  const isThere = bytes.subarray(0, header.length).equals(header);
  header.copy(bytes);
  const fragment = readFragment(bytes);
  return fragment && { read: fragment, header: isThere ? undefined : header };
}

/** A complete fragment. */
async function fragmentAt(movie: SearchedMovie, at: number): ReturnType<typeof moofAt> {
  const moof = await moofAt(movie, at);
  if (moof === undefined) return undefined;
  const { totalBytes } = moof.read;
  if (at + totalBytes > movie.size) return undefined;
  const isChecked = movie.size - at < CHECKED_BYTES;
  return isChecked && (await isTorn(movie, at, totalBytes)) ? undefined : moof;
}

/**
 * True where a block never reached the disk: H.264 has no such run of zeros. The last
 * block may be shorter; then zeros follow in its sector, too, where anything does.
 */
async function isTorn({ file, size, read }: SearchedMovie, at: number, length: number) {
  const end = at + length;
  const sectorEnd = Math.ceil(end / SECTOR_BYTES) * SECTOR_BYTES;
  const bytes = await read(file, at, Math.min(end + 8, sectorEnd, size) - at);
  const isRestZero = bytes.subarray(length - 1).every((byte) => byte === 0);
  return bytes.includes(Buffer.alloc(SECTOR_BYTES)) || isRestZero;
}

function addPadding({ fragments }: Found, at: number, padding: number): void {
  const last = fragments.at(-1);
  if (last !== undefined && last.at + last.bytes === at) {
    fragments[fragments.length - 1] = { ...last, bytes: last.bytes + padding };
  }
}

function summaryOf(read: Fragment, at: number): FoundFragment {
  const { trackId, decodeTicks, durationTicks, totalBytes, samples } = read;
  const isKeyframe = samples[0]?.isKeyframe ?? false;
  return { at, bytes: totalBytes, trackId, decodeTicks, durationTicks, isKeyframe };
}
