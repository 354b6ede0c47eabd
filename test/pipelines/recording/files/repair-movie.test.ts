/** `venuebox repair`: movies that are cut anywhere, without their journals. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hideBatch } from '../../../../pipelines/recording/files/hidden-batch.ts';
import { repairMovie } from '../../../../pipelines/recording/files/repair-movie.ts';
import { DAEMON } from '../../../support/daemon.ts';
import { type Movie, probe, tapFeed, wind } from '../../../support/media/movies.ts';
import { encodeMedia } from '../../../support/media/real-media.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('repair of a movie');
const SEED = Number(process.env['SEED'] ?? 1);
const tapped = tapFeed(await encodeMedia());
tapped.feed.run(5);
const [MOVIE] = wind(tapped) as [Movie];

async function openMovie(bytes: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-repair-'));
  const path = join(folder, 'old.mp4');
  await writeFile(path, bytes);
  return { folder, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** Where the last fragment ends that is complete in so many bytes. */
function completeIn(bytes: number): number {
  let [at, end] = [MOVIE.begin.header.length, 0];
  for (const { chunks } of MOVIE.fragments) {
    const [moof, mdat] = chunks;
    const media = at + (moof?.length ?? 0) + (mdat?.length ?? 0);
    const padded = at + chunks.reduce((sum, { length }) => sum + length, 0);
    at = padded;
    if (media > bytes) break;
    end = padded <= bytes ? padded : media;
  }
  return end;
}

test('cut anywhere, with zeros behind it or not, it ends with its last complete fragment', async () => {
  const random = seeded(SEED);
  for (let run = 0; run < 60; run += 1) {
    const cut = MOVIE.begin.header.length + 6_000 + Math.floor(random() * 60_000);
    const zeros = Buffer.alloc(random() < 0.3 ? Math.floor(random() * 5_000) : 0);
    await using movie = await openMovie(Buffer.concat([MOVIE.bytes.subarray(0, cut), zeros]));
    await repairMovie(movie.path);
    const repaired = await readFile(movie.path);
    const what = `seed ${SEED}, run ${run}: cut at ${cut}, ${zeros.length} zeros`;
    assert.is(repaired.length, completeIn(cut), what);
    assert.ok(repaired.equals(MOVIE.bytes.subarray(0, repaired.length)), what);
    assert.is((await repairMovie(movie.path)).lostBytes, 0, what);
    if (run % 20 === 0) assert.is((await probe(movie.path)).complaints, '', what);
  }
});

test('fragments that are still hidden are shown', async () => {
  const chunks = MOVIE.fragments.slice(0, 6).map((one) => Buffer.concat([...one.chunks]));
  const { hidden } = hideBatch(chunks.slice(3));
  const plain = Buffer.concat([MOVIE.begin.header, ...chunks]);
  await using movie = await openMovie(
    Buffer.concat([MOVIE.begin.header, ...chunks.slice(0, 3), hidden]),
  );
  assert.equal(await repairMovie(movie.path), {
    ...{ fragments: 6, bytes: plain.length },
    ...{ lostBytes: 0, skippedBytes: 0 },
  });
  assert.ok((await readFile(movie.path)).equals(plain));
});

/** Where each fragment lies: its moof and mdat. */
const FRAGMENTS = (() => {
  let at = MOVIE.begin.header.length;
  return MOVIE.fragments.map(({ chunks }) => {
    const [from, [moof, mdat]] = [at, chunks];
    at += chunks.reduce((sum, { length }) => sum + length, 0);
    return { from, end: from + (moof?.length ?? 0) + (mdat?.length ?? 0) };
  });
})();

/** Types of the boxes of a file, to its very end. */
function boxesOf(bytes: Buffer): readonly string[] {
  const types: string[] = [];
  let at = 0;
  for (; at < bytes.length; at += bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  assert.is(at, bytes.length);
  return types;
}

test('behind bad spots, wherever they are, each fragment that none of them touched is kept', async () => {
  const random = seeded(SEED);
  const whole = (max: number) => Math.floor(random() * max);
  const first = MOVIE.begin.header.length;
  for (let run = 0; run < 60; run += 1) {
    const bytes = Buffer.from(MOVIE.bytes);
    const spots = Array.from({ length: 1 + whole(4) }, () => {
      const from = first + whole(bytes.length - first);
      const end = Math.min(bytes.length, from + 1 + whole(4_000));
      return { from, end, isZeros: random() < 0.5 };
    });
    for (const { from, end, isZeros } of spots) {
      for (let at = from; at < end; at += 1) bytes[at] = isZeros ? 0 : whole(256);
    }
    await using movie = await openMovie(bytes);
    const { lostBytes } = await repairMovie(movie.path);
    const repaired = await readFile(movie.path);
    const what = `seed ${SEED}, run ${run}: ${spots.map(({ from, end }) => `${from}-${end}`)}`;
    for (const { from, end } of FRAGMENTS) {
      if (spots.some((spot) => spot.from < end + 4 && spot.end > from)) continue;
      const isKept = repaired.subarray(from, end).equals(MOVIE.bytes.subarray(from, end));
      assert.ok(isKept, `${what}: ${from}`);
    }
    const types = new Set(boxesOf(repaired));
    assert.equal(
      [...types].filter((type) => !/^(ftyp|moov|moof|mdat|free)$/.test(type)),
      [],
      what,
    );
    assert.is((await repairMovie(movie.path)).lostBytes, 0, what);
    assert.ok((await readFile(movie.path)).equals(repaired), what);
    assert.is(repaired.length + lostBytes, bytes.length, what);
  }
});

test('a player plays on behind a fragment whose moof is damaged', async () => {
  const bytes = Buffer.from(MOVIE.bytes);
  const { from = 0 } = FRAGMENTS[20] ?? {};
  bytes.fill(0, from, from + 600);
  await using movie = await openMovie(bytes);
  const repair = await repairMovie(movie.path);
  assert.equal([repair.lostBytes, repair.fragments], [0, FRAGMENTS.length - 1]);
  assert.ok(repair.skippedBytes > 600);
  assert.is((await probe(movie.path)).complaints, '');
});

test('the verb repairs a file, and leaves links and other files alone', async () => {
  await using movie = await openMovie(MOVIE.bytes.subarray(0, 20_000));
  const run = (file: string) => promisify(execFile)(process.execPath, [...DAEMON, 'repair', file]);
  const { stdout } = await run(movie.path);
  assert.match(stdout, /old\.mp4: \d+ fragments, \d+ bytes; \d+ bytes were cut off/);
  const [other, link] = [join(movie.folder, 'other.mp4'), join(movie.folder, 'link.mp4')];
  await writeFile(other, 'mine');
  await symlink(movie.path, link);
  for (const file of [other, link]) {
    const { stderr, code } = await run(file).catch((error) => error);
    assert.is(code, 1);
    assert.match(stderr, /^venuebox: not repaired: .*(no recording of this box|symbolic link)/);
  }
  assert.is(await readFile(other, 'utf8'), 'mine');
});

test.run();
