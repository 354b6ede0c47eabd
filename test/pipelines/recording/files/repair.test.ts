/** Repair of recordings that were cut off. */
import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import {
  appendFile,
  type FileHandle,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hideBatch } from '../../../../pipelines/recording/files/hidden-batch.ts';
import { parseJournal } from '../../../../pipelines/recording/files/journal.ts';
import {
  journalPath,
  moviePath,
  RecordingFile,
} from '../../../../pipelines/recording/files/recording-file.ts';
import { repairFolder, repairOne } from '../../../../pipelines/recording/files/repair.ts';
import { type Movie, probe, tapFeed, wind } from '../../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../../support/media/real-feed.ts';
import { encodeMedia } from '../../../support/media/real-media.ts';

const test = suite('recording files and their repair');
const tapped = tapFeed(await encodeMedia());
tapped.feed.run(5);
const [MOVIE] = wind(tapped) as [Movie];

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-repair-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const SHOW = { epochMs: REAL_EPOCH_MS, dropId: 'evening' };

/**
 * Writes so many fragments, syncs after some of them, and leaves the file as a power cut
 * would: the others are still under a free box, or as older versions wrote them.
 */
async function cutOff(folder: string, fragments: number, syncedAt: number, tail = 'hidden') {
  const file = await RecordingFile.create(folder, SHOW, MOVIE.begin);
  for (const fragment of MOVIE.fragments.slice(0, syncedAt)) file.append(fragment);
  await file.sync();
  await file.abandon();
  const chunks = MOVIE.fragments.slice(syncedAt, fragments).flatMap((one) => one.chunks);
  const bytes =
    tail === 'hidden' && chunks.length > 0 ? hideBatch(chunks).hidden : Buffer.concat(chunks);
  await appendFile(moviePath(folder, file.name), bytes);
  return {
    name: file.name,
    movie: moviePath(folder, file.name),
    journal: journalPath(folder, file.name),
  };
}

const journalOf = async (path: string) => parseJournal(await readFile(path));

test('a finished recording is complete, has its digest, and repair does not change it', async () => {
  await using place = await openFolder();
  const file = await RecordingFile.create(place.folder, SHOW, MOVIE.begin);
  for (const fragment of MOVIE.fragments) file.append(fragment);
  await file.finish('off', true);
  const bytes = await readFile(moviePath(place.folder, file.name));
  assert.ok(bytes.equals(MOVIE.bytes));
  const journal = await journalOf(journalPath(place.folder, file.name));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  assert.equal(journal?.end, {
    type: 'end',
    isComplete: true,
    reason: 'off',
    bytes: bytes.length,
    sha256,
  });
  assert.is(journal?.fragments.length, MOVIE.fragments.length);
  assert.equal(await repairFolder(place.folder), []);
});

for (const tail of ['hidden', 'plain']) {
  test(`truncated anywhere, a recording has all that was acknowledged, ends with a complete fragment and plays (${tail})`, async () => {
    await using place = await openFolder();
    const { name, movie, journal } = await cutOff(place.folder, 24, 12, tail);
    const [wholeMovie, wholeJournal] = [await readFile(movie), await readFile(journal)];
    const acknowledged = (await journalOf(journal))?.fragments.at(-1);
    const ackedBytes = (acknowledged?.offset ?? 0) + (acknowledged?.bytes ?? 0);
    const cuts = fc.record({
      bytes: fc.integer({ min: ackedBytes, max: wholeMovie.length }),
      zeroed: fc.nat(6_000),
    });
    await fc.assert(
      fc.asyncProperty(cuts, async ({ bytes, zeroed }) => {
        // Blocks that never reached the disk read as zeros.
        const torn = Buffer.from(wholeMovie.subarray(0, bytes));
        torn.fill(0, Math.max(ackedBytes, bytes - zeroed));
        await writeFile(movie, torn);
        await writeFile(journal, wholeJournal);
        const [repair] = await repairFolder(place.folder);
        assert.is(repair?.name, name);
        assert.is(repair?.outcome, 'repaired');
        const repaired = await readFile(movie);
        assert.ok(repaired.length >= ackedBytes);
        assert.ok(repaired.equals(MOVIE.bytes.subarray(0, repaired.length)));
        const read = await journalOf(journal);
        const last = read?.fragments.at(-1);
        assert.is((last?.offset ?? 0) + (last?.bytes ?? 0), repaired.length);
        assert.is(read?.end?.isComplete, false);
        assert.is(read?.end?.bytes, repaired.length);
        assert.equal(await repairFolder(place.folder), []);
      }),
      { numRuns: 40 },
    );
    const played = await probe(movie);
    assert.is(played.complaints, '');
    assert.ok(played.frames.video > 20);
  });
}

test('what reached the disk without being acknowledged stays too, except the last fragment', async () => {
  await using place = await openFolder();
  const { movie, journal } = await cutOff(place.folder, 20, 10);
  await repairFolder(place.folder);
  assert.is((await journalOf(journal))?.fragments.length, 19);
  assert.is(
    (await readFile(movie)).length,
    MOVIE.fragments
      .slice(0, 19)
      .reduce(
        (sum, { chunks }) => sum + Buffer.concat([...chunks]).length,
        MOVIE.begin.header.length,
      ),
  );
});

test('a torn line of the journal costs no other', async () => {
  await using place = await openFolder();
  const { journal } = await cutOff(place.folder, 10, 5);
  const bytes = await readFile(journal);
  await writeFile(journal, Buffer.concat([bytes, Buffer.from('0badc0de {"type":"syn')]));
  await repairFolder(place.folder);
  const read = await journalOf(journal);
  assert.is(read?.fragments.length, 9);
  assert.is(read?.validBytes, (await readFile(journal)).length);
});

test('a recording that had only just been opened is removed; other files are not touched', async () => {
  await using place = await openFolder();
  const { journal } = await cutOff(place.folder, 0, 0);
  await truncate(journal, 20);
  await writeFile(join(place.folder, 'holiday.mp4'), 'mine');
  const [repair] = await repairFolder(place.folder);
  assert.is(repair?.outcome, 'removed');
  assert.equal(await readdir(place.folder), ['holiday.mp4']);
});

test('a movie without its journal stays as it is', async () => {
  await using place = await openFolder();
  const { movie, journal } = await cutOff(place.folder, 10, 10);
  await rm(journal);
  const [repair] = await repairFolder(place.folder);
  assert.is(repair?.outcome, 'damaged');
  assert.ok((await readFile(movie)).length > 10_000);
});

const BLOCK_BYTES = 4_096;

/** Movies answer EIO in this block, or in all of them, until it is disposed of. */
async function failMovies(path: string, badBlock?: number) {
  await using handle = await open(path);
  const shared: { read: FileHandle['read'] } = Object.getPrototypeOf(handle);
  const { read } = shared;
  const isBad = (at: number, bytes: number) =>
    badBlock === undefined ||
    (at < (badBlock + 1) * BLOCK_BYTES && at + bytes > badBlock * BLOCK_BYTES);
  shared.read = async function (this: FileHandle, ...args: readonly never[]) {
    const [, , bytes = 0, at = 0] = args;
    const isMovie = readlinkSync(`/proc/self/fd/${this.fd}`).endsWith('.mp4');
    if (isMovie && isBad(at, bytes)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    return await Reflect.apply(read, this, args);
  } as unknown as FileHandle['read'];
  return {
    [Symbol.dispose]: () => {
      shared.read = read;
    },
  };
}

test('what cannot be read now is neither cut nor removed, and repaired once it can be', async () => {
  for (const [fragments, synced, hasJournal, badBlock] of [
    [20, 20, true, 2],
    [20, 20, true, undefined],
    [6, 0, true, undefined],
    [20, 20, false, undefined],
  ] as const) {
    await using place = await openFolder();
    const { name, movie, journal } = await cutOff(place.folder, fragments, synced);
    if (!hasJournal) await rm(journal);
    const files = async () =>
      await Promise.all(
        (await readdir(place.folder)).map((one) => readFile(join(place.folder, one))),
      );
    const before = await files();
    {
      using _bad = await failMovies(movie, badBlock);
      const code = await repairOne(place.folder, name).catch((error) => error.code);
      assert.is(code, 'EIO');
      assert.is((await repairFolder(place.folder))[0]?.outcome, 'unreadable');
    }
    assert.equal(await files(), before);
    const repair = await repairOne(place.folder, name);
    assert.is(repair?.outcome, hasJournal ? 'repaired' : 'damaged');
  }
});

test('a bad block in what was being written ends no repair', async () => {
  for (const tail of ['hidden', 'plain']) {
    await using place = await openFolder();
    const { movie, journal } = await cutOff(place.folder, 24, 12, tail);
    const acknowledged = (await journalOf(journal))?.fragments.at(-1);
    const from = (acknowledged?.offset ?? 0) + (acknowledged?.bytes ?? 0);
    const { length } = await readFile(movie);
    const badBlock = Math.floor((from + length) / 2 / BLOCK_BYTES);
    assert.ok(badBlock * BLOCK_BYTES > from, 'it holds nothing that was synced');
    using _bad = await failMovies(movie, badBlock);
    assert.is((await repairFolder(place.folder))[0]?.outcome, 'repaired');
    const read = await journalOf(journal);
    assert.ok((read?.fragments.length ?? 0) > 12, `${read?.fragments.length} of 24`);
    assert.is(read?.end?.isComplete, false);
    assert.equal(await repairFolder(place.folder), []);
  }
});

test('a file without an end behind its journal is not searched for hours, and stays as it is', async () => {
  await using place = await openFolder();
  const { movie } = await cutOff(place.folder, 20, 10);
  await truncate(movie, 1e12);
  const [repair] = await repairFolder(place.folder);
  assert.is(repair?.outcome, 'unreadable');
  assert.match(repair?.reason ?? '', /venuebox repair/);
  assert.is((await stat(movie)).size, 1e12);
});

test('a recording of which the disk has lost all that was synced is not removed', async () => {
  await using place = await openFolder();
  const { movie, journal } = await cutOff(place.folder, 20, 20);
  const bytes = await readFile(movie);
  for (const { offset } of (await journalOf(journal))?.fragments ?? []) {
    bytes.fill(0xff, offset + 300, offset + 400);
  }
  await writeFile(movie, bytes);
  assert.is((await repairFolder(place.folder))[0]?.outcome, 'damaged');
  assert.ok((await readFile(movie)).equals(bytes));
  assert.equal(await repairFolder(place.folder), []);
});

test.run();
