/** Tests of which clips are deleted, also in a folder that a stranger has filled. */
import { execFileSync } from 'node:child_process';
import {
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClipIndex } from '../../../pipelines/clips/clip-index.ts';
import { readClipInfo, storeClipInfo } from '../../../pipelines/clips/clip-info.ts';
import { storePoster } from '../../../pipelines/clips/poster-file.ts';
import { inOrder, listClips, planPruning, pruneClips } from '../../../pipelines/clips/prune.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('pruning of clips');
const idOf = (n: number) => `clip${String(n).padStart(7, '0')}`;
const NO_LIMITS = { maxClips: 1_000, maxBytes: 1e12, reserveBytes: 0 };

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-prune-'));
  return {
    folder,
    /** A clip with all that belongs to it; the clock says 1970 for each third. */
    add: async (n: number, bytes = 1_000, posterName = `poster-${idOf(n)}-640.webp`) => {
      const id = idOf(n);
      await writeFile(join(folder, `clip-${id}.mp4`), Buffer.alloc(bytes));
      const atMs = n % 3 === 0 ? 5 : 1_790_000_000_000 - n;
      await storeClipInfo(folder, id, { atMs, durationS: 30, sequence: n });
      const path = join(folder, posterName);
      await writeFile(path, 'picture');
      const sha256 = `${'a'.repeat(43)}=`;
      const size = { widthPx: 640, heightPx: 360 };
      const file = { ...size, format: 'webp' as const, name: posterName, path, bytes: 7, sha256 };
      await storePoster(folder, id, { ...size, files: [file] });
      return id;
    },
    ids: async () => (await listClips(folder)).toSorted(inOrder).map(({ id }) => id),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

test('the oldest go first, no more than must, and the newest stays', () => {
  const random = seeded(77);
  for (let run = 0; run < 300; run += 1) {
    const clips = Array.from({ length: 1 + Math.floor(random() * 40) }, (_, n) => ({
      ...{ id: idOf(n), sequence: n + 1 },
      ...{ bytes: Math.ceil(random() * 1e6), atMs: Math.floor(random() * 1e12) },
    }));
    const limits = {
      maxClips: 1 + Math.floor(random() * 40),
      maxBytes: random() * 2e7,
      reserveBytes: random() * 1e7,
    };
    const free = random() * 2e7;
    const shuffled = clips.toSorted(() => random() - 0.5);
    const gone = planPruning(shuffled, limits, free);
    assert.equal(gone, clips.slice(0, gone.length), 'in the order of writing');
    assert.ok(gone.length < clips.length);
    const isWithin = (count: number) => {
      const left = clips.slice(count);
      const sum = (all: typeof clips) => all.reduce((total, { bytes }) => total + bytes, 0);
      const isFree = free + sum(clips.slice(0, count)) >= limits.reserveBytes;
      return left.length <= limits.maxClips && sum(left) <= limits.maxBytes && isFree;
    };
    assert.ok(isWithin(gone.length) || gone.length === clips.length - 1);
    if (gone.length > 0) assert.not(isWithin(gone.length - 1), 'no more than must');
  }
});

test('with a clip go its info and its posters, but none that another clip shows', async () => {
  await using open = await openFolder();
  const shared = 'poster-sharedshare-640.webp';
  for (const n of [1, 2, 3]) await open.add(n);
  await open.add(4, 1_000, shared);
  await open.add(5, 1_000, shared);
  await open.add(6);
  const { deleted, failed } = await pruneClips(open.folder, { ...NO_LIMITS, maxClips: 2 });
  assert.equal(deleted, [1, 2, 3, 4].map(idOf));
  assert.equal(failed, []);
  assert.equal((await readdir(open.folder)).toSorted(), [
    `clip-${idOf(5)}.info.json`,
    `clip-${idOf(5)}.json`,
    `clip-${idOf(5)}.mp4`,
    `clip-${idOf(6)}.info.json`,
    `clip-${idOf(6)}.json`,
    `clip-${idOf(6)}.mp4`,
    `poster-${idOf(6)}-640.webp`,
    shared,
  ]);
  assert.equal(await pruneClips(join(open.folder, 'none'), NO_LIMITS), { deleted: [], failed: [] });
});

/** What a stranger may have put in the place of a clip's file. */
const HOSTILE: Readonly<Record<string, (path: string, outside: string) => Promise<unknown>>> = {
  'a symbolic link': (path, outside) => symlink(outside, path),
  'a link to nothing': (path) => symlink('/nowhere', path),
  'a folder': (path) => mkdir(path),
  'a FIFO': async (path) => execFileSync('mkfifo', [path]),
  'a hard link': (path, outside) => link(outside, path),
  'a file of another user': async (path) => {
    await writeFile(path, 'x'.repeat(50), { mode: 0 });
    if (process.getuid?.() === 0) await chown(path, 12_345, 12_345);
  },
};

for (const [what, put] of Object.entries(HOSTILE)) {
  test(`${what} in the folder fails alone, and what is outside stays as it was`, async () => {
    await using open = await openFolder();
    await using outside = await openFolder();
    const secret = join(outside.folder, 'secret');
    await writeFile(secret, 'secret');
    for (const n of [1, 2, 3]) await open.add(n);
    for (const name of [`clip-${idOf(9)}.mp4`, `clip-${idOf(8)}.info.json.part`]) {
      await put(join(open.folder, name), secret);
    }
    const index = new ClipIndex();
    await index.addStored(open.folder);
    const expected = [1, 2, 3].map(idOf);
    const shown = index.newest(10, 0).map(({ id }) => id);
    assert.equal(shown.filter((id) => id !== idOf(9)).toReversed(), expected);
    if (what !== 'a file of another user') assert.not(shown.includes(idOf(9)));
    const saved = storeClipInfo(open.folder, idOf(8), { atMs: 1, durationS: 1 });
    // A folder is in the way of that one file only.
    await saved.catch(() => assert.is(what, 'a folder'));
    if (what !== 'a folder') assert.is((await readClipInfo(open.folder, idOf(8)))?.atMs, 1);
    const { deleted } = await pruneClips(open.folder, { ...NO_LIMITS, maxClips: 1 });
    assert.ok(
      expected.slice(0, 2).every((id) => deleted.includes(id)),
      deleted.join(),
    );
    assert.is(await readFile(secret, 'utf8'), 'secret');
    assert.is((await lstat(secret)).isFile(), true);
  });
}

test.run();
