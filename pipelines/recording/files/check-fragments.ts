/** Compares the fragments of a movie with the checksums in its journal. */
import { crc32 } from 'node:zlib';
import type { MissingHeader, SearchedMovie } from './find-fragments.ts';
import { headerOf } from './hidden-batch.ts';
import type { FragmentEntry } from './journal.ts';

export interface CheckedFragments {
  /** As the journal says, once they have their headers; and those that were not compared. */
  readonly good: readonly FragmentEntry[];
  readonly bad: readonly FragmentEntry[];
  readonly headers: readonly MissingHeader[];
}

/** Compared at a time, from the end backwards: what was written last is what a power cut damages. */
const BATCH = 64;

/** @param isAll Otherwise those before a batch in which nothing is damaged are not compared. */
export async function checkFragments(
  movie: SearchedMovie,
  fragments: readonly FragmentEntry[],
  isAll: boolean,
): Promise<CheckedFragments> {
  const bad = new Set<FragmentEntry>();
  const headers: MissingHeader[] = [];
  for (let end = fragments.length; end > 0; end -= BATCH) {
    const damagedBefore = bad.size + headers.length;
    for (const entry of fragments.slice(Math.max(0, end - BATCH), end)) {
      const state = await stateOf(movie, entry);
      if (state === 'bad') bad.add(entry);
      else if (state !== 'good') headers.push(state);
    }
    if (!isAll && bad.size + headers.length === damagedBefore) break;
  }
  return { good: fragments.filter((one) => !bad.has(one)), bad: [...bad], headers };
}

async function stateOf(
  { file, size, read }: SearchedMovie,
  { offset, bytes, crc }: FragmentEntry,
): Promise<'good' | 'bad' | MissingHeader> {
  if (offset + bytes > size) return 'bad';
  const fragment = await read(file, offset, bytes);
  if (crc32(fragment) === crc) return 'good';
  const header = headerOf(fragment);
  if (header === undefined) return 'bad';
  header.copy(fragment);
  return crc32(fragment) === crc ? { at: offset, header } : 'bad';
}
