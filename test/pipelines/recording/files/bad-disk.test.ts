/** Movies on a disk that has pieces of other recordings in its free space, or blocks that cannot be read. */
import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renumberFragment } from '../../../../pipelines/mp4/fragment.ts';
import { readReadable } from '../../../../pipelines/recording/files/damaged-range.ts';
import { findFragments } from '../../../../pipelines/recording/files/find-fragments.ts';
import { FragmentSequence } from '../../../../pipelines/recording/files/fragment-sequence.ts';
import { parseJournal } from '../../../../pipelines/recording/files/journal.ts';
import {
  journalPath,
  moviePath,
  RecordingFile,
} from '../../../../pipelines/recording/files/recording-file.ts';
import { repairListed } from '../../../../pipelines/recording/files/repair-listed.ts';
import { repairMovie, repairOpen } from '../../../../pipelines/recording/files/repair-movie.ts';
import { type Movie, probe, tapFeed, wind } from '../../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../../support/media/real-feed.ts';
import { encodeMedia } from '../../../support/media/real-media.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('repair on a bad disk');
const SEED = Number(process.env['SEED'] ?? 1);
const BLOCK_BYTES = 4_096;
const tapped = tapFeed(await encodeMedia());
tapped.feed.run(5);
const [MOVIE] = wind(tapped) as [Movie];
const BEGIN = MOVIE.begin.header.length;

async function openMovie(bytes: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bad-disk-'));
  const path = join(folder, 'old.mp4');
  await writeFile(path, bytes);
  return { folder, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** The fragments of another show, which is so many ahead of this one. */
function otherShow(ahead: number): Buffer {
  const all = MOVIE.fragments.map(({ chunks }, i) => {
    const part = Buffer.concat([...chunks]);
    const to = { sequence: i + 1 + ahead, trackId: 1, decodeTicks: (i + 1 + ahead) * 9_000 };
    return Buffer.concat([...renumberFragment(part, to)]);
  });
  return Buffer.concat(all);
}

/** Where the fragment begins that is being written at this offset. */
function startOfFragment(offset: number): { readonly from: number; readonly end: number } {
  let from = BEGIN;
  for (const { chunks } of MOVIE.fragments) {
    const end = from + chunks.reduce((sum, { length }) => sum + length, 0);
    if (end > offset) return { from, end };
    from = end;
  }
  return { from, end: from };
}

test('what another show has left behind the end of this one is never joined to it', async () => {
  const random = seeded(SEED);
  const whole = (max: number) => Math.floor(random() * max);
  for (let run = 0; run < 40; run += 1) {
    const cut = BEGIN + 60_000 + whole(MOVIE.bytes.length - BEGIN - 60_000);
    const { from, end } = startOfFragment(cut);
    const isOlder = random() < 0.5;
    // Of the beginning of a show, or of one that was longer.
    const show = isOlder ? MOVIE.bytes.subarray(BEGIN, from) : otherShow(2_000 + whole(90_000));
    const piece = whole(show.length - 50_000);
    const left = show.subarray(piece, piece + 50_000);
    await using movie = await openMovie(Buffer.concat([MOVIE.bytes.subarray(0, cut), left]));
    await repairMovie(movie.path);
    const repaired = await readFile(movie.path);
    const what = `seed ${SEED}, run ${run}: cut at ${cut}, of ${isOlder ? 'older' : 'longer'} at ${piece}`;
    assert.ok(repaired.length >= from && repaired.length <= end, `${what}: ${repaired.length}`);
    assert.ok(repaired.subarray(0, from).equals(MOVIE.bytes.subarray(0, from)), what);
  }
});

/** Blocks of a file that answer EIO until each was written as a whole. */
async function openBad(path: string, blocks: Iterable<number>): Promise<FileHandle> {
  const file = await open(path, 'r+');
  const bad = new Set(blocks);
  const failIn = (at: number, bytes: number, isBad: (block: number) => boolean) => {
    const last = Math.floor((at + Math.max(1, bytes) - 1) / BLOCK_BYTES);
    for (let block = Math.floor(at / BLOCK_BYTES); block <= last; block += 1) {
      if (bad.has(block) && isBad(block)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    }
  };
  const faulty = {
    read: async (out: Buffer, offset: number, bytes: number, at: number) => {
      failIn(at, bytes, () => true);
      return await file.read(out, offset, bytes, at);
    },
    write: async (from: Buffer, offset: number, bytes: number, at: number) => {
      const isWhole = (block: number) =>
        at <= block * BLOCK_BYTES && at + bytes >= (block + 1) * BLOCK_BYTES;
      failIn(at, bytes, (block) => !isWhole(block));
      for (const block of bad) if (isWhole(block)) bad.delete(block);
      return await file.write(from, offset, bytes, at);
    },
    stat: () => file.stat(),
    truncate: (bytes: number) => file.truncate(bytes),
    datasync: () => file.datasync(),
    close: () => file.close(),
  };
  return faulty as unknown as FileHandle;
}

test('blocks that cannot be read, wherever they are, end no repair, and the movie plays', async () => {
  const random = seeded(SEED);
  for (let run = 0; run < 30; run += 1) {
    await using movie = await openMovie(MOVIE.bytes.subarray(0, MOVIE.bytes.length - run * 700));
    const last = Math.floor(MOVIE.bytes.length / BLOCK_BYTES);
    const count = Math.ceil(random() * 4);
    // The first one has the head of the movie.
    const blocks = Array.from({ length: count }, () => 1 + Math.floor(random() * last));
    const what = `seed ${SEED}, run ${run}: ${blocks}`;
    const file = await openBad(movie.path, blocks);
    const repair = await repairOpen(file, movie.path);
    const kept = await readReadable(file, 0, repair.bytes);
    await file.close();
    assert.is((await readFile(movie.path)).length, repair.bytes, what);
    await writeFile(movie.path, kept);
    const again = await repairMovie(movie.path);
    // One whose last bytes were in a bad block may count now that the next one's header is there.
    assert.ok(again.lostBytes === 0 && again.fragments >= repair.fragments, what);
    if (run % 10 === 0) assert.ok((await probe(movie.path)).frames.video > 0, what);
  }
});

test('a disk that can read next to nothing behind the journal is left to the verb', async () => {
  await using place = await openMovie(Buffer.alloc(0));
  const { folder } = place;
  const recording = await RecordingFile.create(folder, { epochMs: REAL_EPOCH_MS }, MOVIE.begin);
  for (const fragment of MOVIE.fragments) recording.append(fragment);
  await recording.sync();
  await recording.abandon();
  const journal = parseJournal(await readFile(journalPath(folder, recording.name)));
  assert.ok(journal);
  const [path, last] = [moviePath(folder, recording.name), MOVIE.bytes.length / BLOCK_BYTES];
  const tail = Array.from({ length: 400 }, (_, i) => Math.ceil(last) + 1 + i);
  const file = await openBad(path, tail);
  await file.truncate(((tail.at(-1) ?? 0) + 1) * BLOCK_BYTES);
  const bytes = await readFile(path);
  const failed = await repairListed(file, journal, false).catch(({ message }) => message);
  await file.close();
  assert.is(failed, 'too much of it cannot be read: see `venuebox repair`');
  assert.ok((await readFile(path)).equals(bytes), 'it stays as it is');
});

test('what only starts as a fragment costs the search no more than its own bytes', async () => {
  const crafted = Buffer.from('mfhd'.repeat(10_000));
  await using movie = await openMovie(crafted);
  await using file = await open(movie.path);
  let bytes = 0;
  const read: typeof readReadable = async (...args) => {
    bytes += args[2];
    return await readReadable(...args);
  };
  const found = await findFragments(
    { file, size: crafted.length, read },
    0,
    new FragmentSequence(0),
  );
  assert.equal(found.fragments, []);
  assert.ok(bytes < 20 * crafted.length, `${bytes} bytes`);
});

test.run();
