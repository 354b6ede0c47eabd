/** Cutting, storing and serving clips. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClipIndex } from '../../../pipelines/clips/clip-index.ts';
import { storeMovie } from '../../../pipelines/clips/clip-store.ts';
import { renderMovie } from '../../../pipelines/clips/movie.ts';
import { ClipRing } from '../../../pipelines/clips/ring.ts';
import type { ClipSource, TimeRange } from '../../../pipelines/clips/samples.ts';
import { PartTap } from '../../../pipelines/feed/tap.ts';
import { readFragment } from '../../../pipelines/mp4/fragment.ts';
import { boxesIn } from '../../../pipelines/mp4/read.ts';
import { probe } from '../../support/media/movies.ts';
import { playInChromium } from '../../support/media/play.ts';
import { openRealFeed } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';

const test = suite('clips');
const media = await encodeMedia();
const TRACKS = ['high', 'audio'];

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-clips-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Media time of the first picture that the ring holds, in us. */
function firstPictureUs(ring: ClipRing): number {
  const [source] = ring.sources(['high'], 0);
  const ticks = readFragment(source?.parts[0] as Buffer)?.decodeTicks ?? 0;
  return (ticks * 1e6) / (source?.track.timescale ?? 1);
}

interface Job {
  readonly sources: readonly ClipSource[];
  readonly stretch: TimeRange;
  readonly folder: string;
}

async function makeClip({ sources, stretch, folder }: Job) {
  const movie = renderMovie(sources, stretch);
  return movie && (await storeMovie(folder, 'clip', movie));
}

function openRing(keepS = 40) {
  const ring = new ClipRing(keepS);
  let tap: PartTap | undefined;
  const feed = openRealFeed(media, (id) => tap?.collect(id));
  tap = new PartTap(feed.presentation, TRACKS, {
    onInit: (trackId, initId, bytes) => ring.setInit(trackId, initId, bytes),
    onPart: (part) => ring.add(part),
  });
  const last = (seconds: number) => {
    const toUs = ring.endUs('high') ?? 0;
    const fromUs = toUs - seconds * 1e6;
    return { sources: ring.sources(TRACKS, fromUs), stretch: { fromUs, toUs } };
  };
  return { ring, feed, last };
}

test('the last 30 s become a movie that starts with a key frame, has its index in front, and plays on phones and in Chromium', async () => {
  await using place = await openFolder();
  const { feed, last } = openRing();
  feed.run(45.3);
  const clip = await makeClip({ ...last(30), folder: place.folder });
  const path = clip?.path ?? '';
  const types = boxesIn(await readFile(path)).map(({ type }) => type);
  assert.equal(types, ['ftyp', 'moov', 'mdat']);
  const played = await probe(path);
  assert.is(played.complaints, '');
  assert.ok(played.durationS >= 30 && played.durationS <= 31.1, String(played.durationS));
  assert.is(played.frames.video, Math.round((clip?.durationS ?? 0) * 30));
  const [seen] = await playInChromium([path]);
  assert.is(seen?.error, '');
  assert.ok(Math.abs((seen?.durationS ?? 0) - (clip?.durationS ?? 0)) < 0.05);
});

test('a clip goes from the key frame at or before its start up to its end', () => {
  const { ring, feed } = openRing();
  feed.run(10);
  const firstUs = firstPictureUs(ring);
  const fromUs = firstUs + 3.5e6;
  const toUs = firstUs + 6.2e6;
  const movie = renderMovie(ring.sources(TRACKS, fromUs), { fromUs, toUs });
  assert.ok(Math.abs((movie?.startUs ?? 0) - (firstUs + 3e6)) < 50, String(movie?.startUs));
  assert.ok(Math.abs((movie?.durationS ?? 0) - 3.2) < 0.001, String(movie?.durationS));
});

test('a clip that starts at a key frame has all of it', () => {
  const { ring, feed } = openRing();
  feed.run(10);
  const fromUs = firstPictureUs(ring) + 3e6;
  const movie = renderMovie(ring.sources(TRACKS, fromUs), { fromUs, toUs: fromUs + 1e6 });
  assert.ok(Math.abs((movie?.startUs ?? 0) - fromUs) < 50);
  assert.ok(Math.abs((movie?.durationS ?? 0) - 1) < 0.001);
});

test('video and audio stay in sync to a millisecond', async () => {
  await using place = await openFolder();
  const { ring, feed } = openRing();
  feed.run(10);
  const sources = ring.sources(TRACKS, 8e6);
  const movie = renderMovie(sources, { fromUs: 8e6, toUs: 11e6 });
  await writeFile(join(place.folder, 'a.mp4'), Buffer.concat([...(movie?.chunks ?? [])]));
  // The edit list takes off what of the first sound frame lies before the picture.
  const elst = Buffer.concat([...(movie?.chunks ?? [])]);
  const at = elst.lastIndexOf('elst');
  const skippedUs = (elst.readUInt32BE(at + 16) * 1e6) / 48_000;
  assert.ok(skippedUs >= 0 && skippedUs < 21_400, String(skippedUs));
  assert.is((await probe(join(place.folder, 'a.mp4'))).complaints, '');
});

test('the frame before lost media is held, and times stay right', async () => {
  await using place = await openFolder();
  const { ring, feed } = openRing();
  feed.run(4);
  feed.idle(1);
  feed.run(4);
  const stretch = { fromUs: 6e6, toUs: 13e6 };
  const clip = await makeClip({
    sources: ring.sources(TRACKS, 6e6),
    stretch,
    folder: place.folder,
  });
  assert.ok((clip?.durationS ?? 0) > 6.5, String(clip?.durationS));
  assert.is((await probe(clip?.path ?? '')).complaints, '');
});

test('video without audio, and audio alone, are clips too', async () => {
  await using place = await openFolder();
  const { ring, feed } = openRing();
  feed.run(6);
  const fromUs = firstPictureUs(ring) + 2e6;
  for (const ids of [['high'], ['audio']]) {
    const stretch = { fromUs, toUs: fromUs + 3e6 };
    const job = { sources: ring.sources(ids, fromUs), stretch, folder: place.folder };
    const clip = await makeClip(job);
    assert.is((await probe(clip?.path ?? '')).complaints, '');
    assert.ok(Math.abs((clip?.durationS ?? 0) - 3) < 0.05);
  }
});

test('the same content has the same name, and no other file is left', async () => {
  await using place = await openFolder();
  const { feed, last } = openRing();
  feed.run(6);
  const job = { ...last(3), folder: place.folder };
  const [one, two] = [await makeClip(job), await makeClip(job)];
  assert.is(one?.name, two?.name);
  assert.match(one?.name ?? '', /^clip-[\w-]{11}\.mp4$/);
  assert.equal(await readdir(place.folder), [one?.name]);
});

test('clips, and no other files, are served by range under their immutable names, after a restart too', async () => {
  await using place = await openFolder();
  const { feed, last } = openRing();
  feed.run(4);
  const clip = await makeClip({ ...last(2), folder: place.folder });
  await writeFile(join(place.folder, 'secret.mp4'), 'mine');
  const shelf = new ClipIndex();
  await shelf.addStored(place.folder);
  const get = (path: string, range?: string) =>
    shelf.answer({
      path,
      query: new URLSearchParams(),
      header: (name) => (name === 'range' ? range : undefined),
    });
  const reply = get(`/clips/${clip?.name}`, 'bytes=0-99');
  assert.is(reply?.status, 206);
  assert.equal(reply?.file, { path: clip?.path, from: 0, to: 99 });
  assert.ok(reply?.headers.includes('public, max-age=31536000, immutable'));
  assert.is(get('/clips/secret.mp4')?.status, 404);
  assert.is(get('/clips/../secret.mp4')?.status, 404);
  assert.is(get('/live/x'), undefined);
});

test('where nothing was published there is no clip', () => {
  const { ring, feed } = openRing();
  const stretch = { fromUs: 0, toUs: 1e6 };
  assert.is(renderMovie([], stretch), undefined);
  feed.run(3);
  assert.is(renderMovie(ring.sources(TRACKS, 0), stretch), undefined);
});

test('a clip that cannot be written leaves no file', async () => {
  await using place = await openFolder();
  const { feed, last } = openRing();
  feed.run(3);
  await writeFile(join(place.folder, 'file'), '');
  const job = { ...last(2), folder: join(place.folder, 'file') };
  const failed = await makeClip(job).catch((error: unknown) => error);
  assert.instance(failed, Error);
  assert.equal(await readdir(place.folder), ['file']);
});

test('the ring has its length, and no more', () => {
  const { ring, feed } = openRing(5);
  feed.run(4);
  const afterMs = ring.heldBytes;
  feed.run(30);
  assert.ok(ring.heldBytes < 2 * afterMs, `${ring.heldBytes} ${afterMs}`);
  assert.ok((ring.sources(['high'], 0)[0]?.parts.length ?? 0) <= 27);
});

test.run();
