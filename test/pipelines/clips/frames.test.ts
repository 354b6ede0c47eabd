/** Which frames a clip shows at which time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderMovie } from '../../../pipelines/clips/movie.ts';
import { ClipRing } from '../../../pipelines/clips/ring.ts';
import { PartTap } from '../../../pipelines/feed/tap.ts';
import { readFragment } from '../../../pipelines/mp4/fragment.ts';
import { annexB, framesOf } from '../../support/media/frames.ts';
import { openRealFeed } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';

const test = suite("a clip's frames");
const media = await encodeMedia();
const FPS = 30;

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-frames-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** What was encoded, as it looks when it is decoded: the feed plays it over and over. */
async function decodeSource(folder: string): Promise<(index: number) => string | undefined> {
  const path = join(folder, 'source.h264');
  await writeFile(path, annexB(media.video));
  const frames = await framesOf(path, ['-f', 'h264']);
  assert.is(frames.length, media.video.units.length);
  return (index) => frames[index % frames.length]?.hash;
}

function openRing() {
  const ring = new ClipRing(60);
  let tap: PartTap | undefined;
  const feed = openRealFeed(media, (id) => tap?.collect(id));
  tap = new PartTap(feed.presentation, ['high', 'audio'], {
    onInit: (trackId, initId, bytes) => ring.setInit(trackId, initId, bytes),
    onPart: (part) => ring.add(part),
  });
  return { ring, feed };
}

/** Media time of the first picture that was ever taken, in us. */
function firstPictureUs(ring: ClipRing): number {
  const [source] = ring.sources(['high'], 0);
  const ticks = readFragment(source?.parts[0] as Buffer)?.decodeTicks ?? 0;
  return (ticks * 1e6) / (source?.track.timescale ?? 1);
}

async function decodeClip(ring: ClipRing, fromUs: number, toUs: number, folder: string) {
  const movie = renderMovie(ring.sources(['high', 'audio'], fromUs), { fromUs, toUs });
  const path = join(folder, 'clip.mp4');
  await writeFile(path, Buffer.concat([...(movie?.chunks ?? [])]));
  return await framesOf(path);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** From and to, in s after the first picture; a key frame comes with every whole second. */
const STRETCHES: readonly (readonly [number, number])[] = [
  [3.5, 6.2],
  [4, 5],
  [0.4, 11.97],
];

for (const [fromS, toS] of STRETCHES) {
  test(`from ${fromS} to ${toS} s: each frame is the one of its time`, async () => {
    await using place = await openFolder();
    const look = await decodeSource(place.folder);
    const { ring, feed } = openRing();
    feed.run(15);
    const firstUs = firstPictureUs(ring);
    const [fromUs, toUs] = [firstUs + fromS * 1e6, firstUs + toS * 1e6];
    const frames = await decodeClip(ring, fromUs, toUs, place.folder);
    const indices = range(Math.floor(fromS) * FPS, Math.ceil(toS * FPS - 1e-6));
    assert.equal(
      frames.map(({ hash }) => hash),
      indices.map(look),
    );
    for (const [i, { atS }] of frames.entries()) {
      assert.ok(Math.abs(atS - i / FPS) < 0.002, `picture ${i} is shown at ${atS} s`);
    }
  });
}

test('during a lost second the last key frame is held, and later frames keep their times', async () => {
  await using place = await openFolder();
  const look = await decodeSource(place.folder);
  const { ring, feed } = openRing();
  feed.run(6);
  feed.run(1, ['audio']);
  feed.run(5);
  const firstUs = firstPictureUs(ring);
  const frames = await decodeClip(ring, firstUs + 4e6, firstUs + 9e6, place.folder);
  const isLost = (atS: number) => atS > 2 - 0.01 && atS < 3 - 0.01;
  assert.ok(frames.some(({ atS }) => isLost(atS)));
  for (const { atS, hash } of frames) {
    // Two seconds in, a second is lost: the key frame of the second before is seen.
    const index = isLost(atS) ? FPS : Math.round(atS * FPS);
    assert.is(hash, look(4 * FPS + index), `the picture at ${atS} s is another`);
  }
});

test.run();
