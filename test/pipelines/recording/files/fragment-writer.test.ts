/** How parts become recording files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFragment } from '../../../../pipelines/mp4/fragment.ts';
import {
  type Movie,
  moviesOf,
  openWriter,
  probe,
  tapFeed,
  wind,
} from '../../../support/media/movies.ts';
import { encodeMedia } from '../../../support/media/real-media.ts';

const test = suite('fragment writer');
const media = await encodeMedia();

async function play(movie: Movie | undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-reel-'));
  try {
    await writeFile(join(folder, 'a.mp4'), movie?.bytes ?? '');
    return await probe(join(folder, 'a.mp4'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a recording has every frame that viewers got, starts at time 0 and plays without an error', async () => {
  const tapped = tapFeed(media);
  tapped.feed.run(6.1);
  const [movie, ...more] = wind(tapped);
  assert.is(more.length, 0);
  const published = (id: string) =>
    tapped.parts
      .filter(({ trackId }) => trackId === id)
      .reduce((sum, { bytes }) => sum + (readFragment(bytes as Buffer)?.samples.length ?? 0), 0);
  const played = await play(movie);
  assert.equal(played.frames, { video: published('high'), audio: published('audio') });
  assert.is(played.complaints, '');
  assert.ok(Math.abs(played.startS) < 0.03, String(played.startS));
  assert.ok(Math.abs(played.durationS - 6) < 0.25, String(played.durationS));
});

test('video and audio stay in sync as published, to a tick', () => {
  const tapped = tapFeed(media, 3_600e6 * 20 + 123_457);
  tapped.feed.run(3);
  const [movie] = wind(tapped);
  for (const { chunks, trackIndex, startUs } of movie?.fragments ?? []) {
    const timescale = movie?.begin.tracks[trackIndex]?.timescale ?? 1;
    const read = readFragment(Buffer.concat(chunks));
    const onFileUs = ((read?.decodeTicks ?? 0) * 1e6) / timescale + (movie?.begin.baseUs ?? 0);
    assert.ok(Math.abs(onFileUs - startUs) < 1e6 / timescale + 1, `${onFileUs} ${startUs}`);
  }
});

test('a new file starts at the full hour of the wall clock, with a key frame, and no sample is lost or repeated', async () => {
  const tapped = tapFeed(media, 3_600e6 - 3.5e6);
  tapped.feed.run(8);
  const movies = wind(tapped);
  assert.equal(
    movies.map(({ reason }) => reason),
    ['hour', 'off'],
  );
  const frames = movies.flatMap(({ fragments }) => fragments).length;
  assert.is(frames, tapped.parts.length);
  const second = movies[1] as Movie;
  assert.ok(second.begin.baseUs >= 3_600e6 - 25_000 && second.begin.baseUs < 3_601e6);
  assert.ok(second.fragments.find(({ trackIndex }) => trackIndex === 0)?.isKeyframe);
  const played = await play(second);
  assert.is(played.complaints, '');
  assert.ok(played.frames.video > 100 && played.frames.audio > 150);
});

test('a file ends with its segment before it grows too long, and no sample is lost or repeated', async () => {
  const tapped = tapFeed(media);
  tapped.feed.run(12);
  const maxBytes = 150_000;
  const movies = wind(tapped, openWriter(maxBytes));
  assert.ok(movies.length > 2, `${movies.length} files`);
  assert.ok(movies.slice(0, -1).every(({ reason }) => reason === 'size'));
  assert.is(movies.flatMap(({ fragments }) => fragments).length, tapped.parts.length);
  for (const [i, { bytes, begin, fragments }] of movies.entries()) {
    assert.ok(bytes.length < 2 * maxBytes, String(bytes.length));
    const own = fragments.filter(({ trackIndex }) => trackIndex === 0);
    assert.ok(own[0]?.isKeyframe);
    const next = movies[i + 1]?.fragments.find(({ trackIndex }) => trackIndex === 0);
    const end = own.at(-1);
    if (next && end) assert.ok(Math.abs(end.startUs + end.durationUs - next.startUs) <= 1);
    assert.ok(begin.isWhole);
  }
  assert.is((await play(movies[1])).complaints, '');
});

test('a crash of capture leaves one file, which plays through without an error', async () => {
  const tapped = tapFeed(media);
  tapped.feed.run(3);
  tapped.feed.die();
  tapped.feed.idle(1.2);
  tapped.feed.start();
  tapped.feed.run(3);
  const movies = wind(tapped);
  assert.is(movies.length, 1);
  assert.is(movies.flatMap(({ fragments }) => fragments).length, tapped.parts.length);
  const played = await play(movies[0]);
  assert.is(played.complaints, '');
  assert.ok(played.durationS > 6, String(played.durationS));
});

test('missing audio does not delay video: the file goes on, with silence', async () => {
  const tapped = tapFeed(media);
  tapped.feed.run(3);
  tapped.feed.run(4, ['video']);
  tapped.feed.run(4);
  const movies = wind(tapped);
  const kinds = movies.map(({ begin }) => begin.tracks.map(({ kind }) => kind).join('+'));
  assert.equal(kinds, ['video+audio']);
  assert.is(movies.flatMap(({ fragments }) => fragments).length, tapped.parts.length);
  const played = await play(movies[0]);
  assert.is(played.complaints, '');
  assert.ok(Math.abs(played.durationS - 11) < 0.5, String(played.durationS));
});

test('two writers with the same parts write the same bytes, and one that joined late does so from the next cut on', () => {
  const tapped = tapFeed(media, 3_600e6 - 4.5e6);
  tapped.feed.run(9);
  const whole = wind(tapped);
  assert.equal(
    wind(tapped).map(({ bytes }) => bytes.toString('base64')),
    whole.map(({ bytes }) => bytes.toString('base64')),
  );
  const late = openWriter();
  late.interrupt('lost');
  for (const { trackId, initId, bytes } of tapped.inits) late.setInit(trackId, initId, bytes);
  const from = Math.round(tapped.parts.length / 4);
  const steps = tapped.parts.slice(from).flatMap((part) => late.push(part));
  const joined = moviesOf([...steps, ...late.stop()]);
  assert.is(joined.length, 2);
  assert.equal(
    joined.map(({ begin }) => begin.isWhole),
    [false, true],
  );
  assert.not.ok(joined[0]?.bytes.equals(whole[0]?.bytes as Buffer));
  assert.ok(joined[1]?.bytes.equals(whole[1]?.bytes as Buffer));
});

test.run();
