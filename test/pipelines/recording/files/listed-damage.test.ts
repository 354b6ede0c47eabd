/** Recordings that are damaged where their journal says what was there. */
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hideBatch } from '../../../../pipelines/recording/files/hidden-batch.ts';
import { parseJournal } from '../../../../pipelines/recording/files/journal.ts';
import {
  journalPath,
  moviePath,
  RecordingFile,
} from '../../../../pipelines/recording/files/recording-file.ts';
import { repairByJournal, repairFolder } from '../../../../pipelines/recording/files/repair.ts';
import { repairMovie } from '../../../../pipelines/recording/files/repair-movie.ts';
import { type Movie, probe, tapFeed, wind } from '../../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../../support/media/real-feed.ts';
import { encodeMedia } from '../../../support/media/real-media.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('repair by the journal');
const SEED = Number(process.env['SEED'] ?? 1);
const tapped = tapFeed(await encodeMedia());
tapped.feed.run(15);
const [MOVIE] = wind(tapped) as [Movie];

/** Where each fragment lies, with its padding. */
const FRAGMENTS = (() => {
  let at = MOVIE.begin.header.length;
  return MOVIE.fragments.map(({ chunks }) => {
    const from = at;
    at += chunks.reduce((sum, { length }) => sum + length, 0);
    return { from, end: at };
  });
})();
const COUNT = FRAGMENTS.length;
const fragmentAt = (index: number) => FRAGMENTS[index] ?? { from: 0, end: 0 };

/** So many synced fragments; with `end`, or with those of one more batch that was being written. */
async function openRecording(synced: number, tail: 'end' | 'hidden' | 'plain' = 'end') {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-listed-'));
  const file = await RecordingFile.create(folder, { epochMs: REAL_EPOCH_MS }, MOVIE.begin);
  for (const fragment of MOVIE.fragments.slice(0, synced)) file.append(fragment);
  await file.sync();
  if (tail === 'end') await file.finish('off', true);
  else await file.abandon();
  const [movie, journal] = [moviePath(folder, file.name), journalPath(folder, file.name)];
  const rest = MOVIE.fragments.slice(synced).flatMap((one) => one.chunks);
  if (tail !== 'end' && rest.length > 0) {
    await appendFile(movie, tail === 'hidden' ? hideBatch(rest).hidden : Buffer.concat(rest));
  }
  const listed = async () => parseJournal(await readFile(journal));
  const close = () => rm(folder, { recursive: true });
  return { folder, name: file.name, movie, journal, listed, [Symbol.asyncDispose]: close };
}

/** Where players see a moof; the boxes go on to the very end. */
function moofsOf(bytes: Buffer): ReadonlySet<number> {
  const moofs = new Set<number>();
  let at = 0;
  for (; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    assert.match(type, /^(ftyp|moov|moof|mdat|free)$/);
    if (type === 'moof') moofs.add(at);
  }
  assert.is(at, bytes.length);
  return moofs;
}

interface Spot {
  readonly from: number;
  readonly end: number;
}

/** Bad spots of any kind, of which the last may be the end of the file. */
function damage(bytes: Buffer, first: number, random: () => number) {
  const whole = (max: number) => Math.floor(random() * max);
  const torn = Buffer.from(bytes);
  const spots = Array.from({ length: whole(6) }, (): Spot => {
    const block = [1, 512, 4_096][whole(3)] ?? 1;
    const start = Math.floor((first + whole(bytes.length - first)) / block) * block;
    const from = Math.max(first, start);
    const end = Math.min(bytes.length, start + (block === 1 ? 1 + whole(9_000) : block));
    const isZeros = block > 1 || random() < 0.5;
    // No byte stays as it was.
    for (let at = from; at < end; at += 1) torn[at] = isZeros ? 0 : (torn[at] ?? 0) ^ 0x55;
    return { from, end };
  });
  if (random() < 0.5) return { torn, spots };
  const cut = first + whole(bytes.length - first);
  return { torn: torn.subarray(0, cut), spots: [...spots, { from: cut, end: bytes.length }] };
}

const isWhole = (spots: readonly Spot[], { from, end }: Spot) =>
  spots.every((spot) => spot.from >= end || spot.end <= from);

for (const by of ['the start', 'the verb'] as const) {
  test(`whatever is damaged, all that is whole is kept, by ${by}`, async () => {
    const random = seeded(SEED);
    for (let run = 0; run < 40; run += 1) {
      const synced = Math.floor(random() * (COUNT + 1));
      const tail = random() < 0.5 ? 'hidden' : 'plain';
      await using place = await openRecording(synced, tail);
      // The start compares the last ones, and those before where these are damaged.
      const first = by === 'the start' ? Math.max(0, synced - 64) : 0;
      const { torn, spots } = damage(await readFile(place.movie), fragmentAt(first).from, random);
      await writeFile(place.movie, torn);
      const what = `seed ${SEED}, run ${run}: ${synced} ${tail}, ${JSON.stringify(spots)}`;
      const kept = FRAGMENTS.map((one, i) => ({ ...one, i })).filter((one) => isWhole(spots, one));
      const listedKept = kept.filter(({ i }) => i < synced);
      if (by === 'the start') await repairFolder(place.folder);
      else await repairByJournal(place.folder, place.name);
      if (synced > 0 && listedKept.length === 0) {
        assert.ok((await readFile(place.movie)).equals(torn), `${what}: it stays as it is`);
        continue;
      }
      // The last one that is not listed may not have reached the disk completely.
      const expected = kept.filter(({ i }, n) => i < synced || n < kept.length - 1);
      if (expected.length === 0) continue;
      const repaired = await readFile(place.movie);
      const moofs = moofsOf(repaired);
      const journal = await place.listed();
      const listed = new Set(journal?.fragments.map(({ offset }) => offset));
      for (const { from, end } of expected) {
        assert.ok(moofs.has(from) && listed.has(from), `${what}: ${from}`);
        const isSame = repaired.subarray(from, end).equals(MOVIE.bytes.subarray(from, end));
        assert.ok(isSame, `${what}: ${from}`);
      }
      for (const { offset, bytes, crc } of journal?.fragments ?? []) {
        assert.is(crc32(repaired.subarray(offset, offset + bytes)), crc, `${what}: ${offset}`);
      }
      assert.equal([journal?.end?.isComplete, journal?.end?.bytes], [false, repaired.length], what);
      assert.equal(await repairFolder(place.folder), [], what);
      await repairByJournal(place.folder, place.name);
      if (by === 'the verb') assert.ok((await readFile(place.movie)).equals(repaired), what);
      assert.equal((await readdir(place.folder)).length, 2, what);
    }
  });
}

test('a damaged fragment is hidden, what is behind it stays, and a player plays on', async () => {
  await using place = await openRecording(COUNT, 'plain');
  const bytes = await readFile(place.movie);
  const { from, end } = fragmentAt(COUNT - 30);
  bytes.fill(0xff, from + 300, from + 400);
  await writeFile(place.movie, bytes);
  const [repair] = await repairFolder(place.folder);
  const { name } = place;
  assert.equal(repair, {
    ...{ name, outcome: 'damaged', bytes: bytes.length, lostBytes: 0, skippedBytes: end - from },
  });
  assert.is((await probe(place.movie)).complaints, '');
  const journal = await place.listed();
  assert.equal([journal?.fragments.length, journal?.end?.reason], [COUNT - 1, 'damaged']);
});

test('the verb finds a damaged fragment anywhere in a recording that has ended', async () => {
  await using place = await openRecording(COUNT);
  assert.equal((await repairByJournal(place.folder, place.name))?.skippedBytes, 0);
  assert.is((await place.listed())?.end?.isComplete, true);
  const bytes = await readFile(place.movie);
  const { from, end } = fragmentAt(3);
  bytes.fill(0xff, end - 40, end - 20);
  await writeFile(place.movie, bytes);
  const repair = await repairByJournal(place.folder, place.name);
  const { fragments, lostBytes, skippedBytes } = repair ?? {};
  assert.equal([fragments, lostBytes, skippedBytes], [COUNT - 1, 0, end - from]);
  assert.not(moofsOf(await readFile(place.movie)).has(from));
  assert.equal((await place.listed())?.end?.isComplete, false);
});

test('a header that a disk wrote somewhere else is written again', async () => {
  await using place = await openRecording(COUNT, 'plain');
  const { from, end } = fragmentAt(COUNT - 30);
  const bytes = await readFile(place.movie);
  hideBatch([bytes.subarray(from, end)]).hidden.copy(bytes, from);
  await writeFile(place.movie, bytes);
  assert.is((await repairFolder(place.folder))[0]?.outcome, 'repaired');
  assert.ok((await readFile(place.movie)).equals(MOVIE.bytes));
});

test('a journal that is damaged itself costs no fragment that it listed', async () => {
  await using place = await openRecording(10, 'plain');
  const line = await readFile(place.journal);
  await writeFile(place.journal, Buffer.concat([line, Buffer.from('0badc0de {"type":"syn\n')]));
  await repairFolder(place.folder);
  assert.is((await place.listed())?.fragments.length, COUNT - 1);
});

test('a journal that cannot be read keeps no movie from its repair by the verb', async () => {
  await using place = await openRecording(10, 'plain');
  const elsewhere = join(place.folder, 'elsewhere');
  await rename(place.journal, elsewhere);
  await symlink(elsewhere, place.journal);
  assert.is(await repairByJournal(place.folder, place.name), undefined);
  assert.is((await repairMovie(place.movie)).fragments, COUNT);
});

test('a journal of another movie is not believed by the verb', async () => {
  await using place = await openRecording(10, 'plain');
  const bytes = await readFile(place.movie);
  const other = Buffer.from(bytes.map((byte) => byte ^ 0x55));
  await writeFile(place.movie, other);
  assert.is(await repairByJournal(place.folder, place.name), undefined);
  assert.ok((await readFile(place.movie)).equals(other));
  assert.is((await place.listed())?.end, undefined);
});

test.run();
