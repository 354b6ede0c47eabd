/** Storing and serving posters. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClipIndex } from '../../../pipelines/clips/clip-index.ts';
import { storeClipInfo } from '../../../pipelines/clips/clip-info.ts';
import type { Poster, PosterFile } from '../../../pipelines/clips/poster.ts';
import { readPoster, storePoster } from '../../../pipelines/clips/poster-file.ts';
import { PosterStore } from '../../../pipelines/clips/poster-store.ts';
import { Catalogue } from '../../../pipelines/http/cache/catalogue.ts';

const test = suite('poster store');

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-gallery-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function makeFile(folder: string, content: string): Promise<PosterFile> {
  const sha256 = createHash('sha256').update(content).digest();
  const name = `poster-${sha256.toString('base64url').slice(0, 11)}-160.jpeg`;
  const path = join(folder, name);
  await writeFile(path, content);
  const size = { widthPx: 160, heightPx: 90, bytes: content.length };
  return { format: 'jpeg', ...size, name, path, sha256: sha256.toString('base64') };
}

const posterOf = (...files: readonly PosterFile[]): Poster => ({
  widthPx: 160,
  heightPx: 90,
  files,
});
const asked = (gallery: PosterStore, path: string) =>
  gallery.answer({ path, query: new URLSearchParams(), header: () => undefined });

test('a clip’s poster is sent from its file, with the ETag that its content has in memory', async () => {
  await using place = await openFolder();
  const file = await makeFile(place.folder, 'picture');
  const gallery = new PosterStore(new Catalogue(), 15);
  gallery.setClip('clip-aa', posterOf(file));
  await gallery.setLive(posterOf(file));
  const fromFile = asked(gallery, '/posters/clip-aa-160');
  const fromMemory = asked(gallery, '/posters/live-160');
  assert.equal(fromFile?.file, { path: file.path, from: 0, to: 6 });
  assert.equal(fromFile?.body, []);
  assert.equal(String(fromMemory?.body[0]), 'picture');
  assert.equal(fromFile?.headers, fromMemory?.headers);
});

test('a clip’s poster is stored beside it, for a process that starts later', async () => {
  await using place = await openFolder();
  const poster = posterOf(await makeFile(place.folder, 'picture'));
  await storePoster(place.folder, 'abcdefghijk', poster);
  await writeFile(join(place.folder, 'clip-abcdefghijk.mp4'), 'movie');
  const info = { atMs: 1_790_000_000_000, durationS: 29.5, label: 'Encore' };
  await storeClipInfo(place.folder, 'abcdefghijk', info);
  const index = new ClipIndex();
  assert.equal(await index.addStored(place.folder), ['abcdefghijk']);
  assert.equal(index.newest(9, info.atMs), [{ id: 'abcdefghijk', ...info }]);
  assert.equal(index.newest(9, info.atMs + 1), [], 'it is of the drop before');
  assert.equal(await readPoster(place.folder, 'abcdefghijk'), poster);
  assert.is(await readPoster(place.folder, 'aaaaaaaaaaa'), undefined);
});

test('clips are in the catalogue of assets with the ETag that they are sent with', () => {
  const catalogue = new Catalogue();
  const index = new ClipIndex(catalogue);
  index.add({ name: 'clip-abcdefghijk.mp4', path: '/clips/a', bytes: 1 });
  const request = { path: '/clips/clip-abcdefghijk.mp4', query: new URLSearchParams() };
  const held = (etag: string) => ({
    ...request,
    header: (name: string) => ({ 'if-none-match': etag })[name],
  });
  assert.is(index.answer(held('"abcdefghijk"'))?.status, 304);
  assert.is(index.answer(held('"bbbbbbbbbbb"'))?.status, 200);
  const listed = JSON.parse(catalogue.render().body.toString());
  assert.equal(listed, { assets: { '/clips/clip-abcdefghijk.mp4': 'abcdefghijk' } });
  index.remove('abcdefghijk');
  assert.is(catalogue.render().body.toString(), '{"assets":{}}');
});

test('previews displace no clip, and only those with files are listed', () => {
  const shelf = new ClipIndex();
  const put = (name: string) => shelf.add({ name, path: `/clips/${name}`, bytes: 1 });
  const nameOf = (kind: string, i: number) => `${kind}-${String(i).padStart(11, '0')}.mp4`;
  for (let i = 0; i < 1_002; i += 1) put(nameOf('clip', i));
  for (let i = 0; i < 50; i += 1) put(nameOf('preview', i));
  const isListed = (name: string) => {
    const request = { path: `/clips/${name}`, query: new URLSearchParams() };
    return shelf.answer({ ...request, header: () => undefined })?.status === 200;
  };
  const there = [0, 1, 2, 1_001].map((i) => isListed(nameOf('clip', i)));
  assert.equal(there, [false, false, true, true]);
  const previews = [46, 47, 49].map((i) => isListed(nameOf('preview', i)));
  assert.equal(previews, [false, true, true]);
  assert.is(shelf.preview, `/clips/${nameOf('preview', 49)}`);
});

test('a damaged poster file, or one with other paths, is refused', async () => {
  await using place = await openFolder();
  const path = join(place.folder, 'clip-abcdefghijk.json');
  const file = await makeFile(place.folder, 'picture');
  const odd = [
    '',
    '{',
    JSON.stringify(posterOf({ ...file, name: '../../etc/passwd' })),
    JSON.stringify(posterOf({ ...file, sha256: 'x' })),
    JSON.stringify(posterOf({ ...file, bytes: -1 })),
  ];
  for (const text of odd) {
    await writeFile(path, text);
    assert.is(await readPoster(place.folder, 'abcdefghijk'), undefined, text);
  }
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      await writeFile(path, text);
      assert.is(await readPoster(place.folder, 'abcdefghijk'), undefined);
    }),
    { numRuns: 50 },
  );
});

test('it has a bounded number of clips, the newest, and of live files', async () => {
  await using place = await openFolder();
  const gallery = new PosterStore(new Catalogue(), 15);
  const file = await makeFile(place.folder, 'picture');
  const named = (i: number) => ({
    ...file,
    name: `poster-${String(i).padStart(11, '0')}-160.jpeg`,
  });
  for (let i = 0; i < 1_010; i += 1) gallery.setClip(`clip-${i}`, posterOf(named(i)));
  const isThere = (path: string) => asked(gallery, path)?.status === 200;
  assert.equal(
    [0, 9, 10, 1_009].map((i) => isThere(`/posters/clip-${i}-160`)),
    [...[false, false], ...[true, true]],
  );
  assert.not(isThere(`/posters/${named(9).name}`));
  assert.ok(isThere(`/posters/${named(1_009).name}`));
  for (let i = 2_000; i < 2_245; i += 1) await gallery.setLive(posterOf(named(i)));
  assert.not(isThere(`/posters/${named(2_004).name}`));
  assert.ok(isThere(`/posters/${named(2_005).name}`));
  assert.ok(isThere('/posters/live-160'));
});

test.run();
