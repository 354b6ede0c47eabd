/** Recordings played as an HLS stream. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { type Reply, refuse, reply } from '../../../pipelines/http/reply.ts';
import { ViewerServer } from '../../../pipelines/http/server.ts';
import { readFragment } from '../../../pipelines/mp4/fragment.ts';
import { RecordingFile } from '../../../pipelines/recording/files/recording-file.ts';
import { Replay, type ReplayEvent } from '../../../pipelines/recording/replay.ts';
import { RecordingReporter, reportStored } from '../../../pipelines/recording/replay-events.ts';
import { renderReplay } from '../../../pipelines/recording/replay-playlist.ts';
import type { ReplayRecording } from '../../../pipelines/recording/replay-segments.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';
import { freePort } from '../../support/free-port.ts';
import { type Movie, probe, tapFeed, wind } from '../../support/media/movies.ts';
import { REAL_EPOCH_MS } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';

const test = suite('replay');

const media = await encodeMedia();

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-replay-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Records movies as a target does, and passes on its events. */
async function record(
  folder: string,
  movies: readonly Movie[],
  apply: (event: ReplayEvent) => void,
  dropId: string | undefined = 'evening',
) {
  const show = { epochMs: REAL_EPOCH_MS, dropId };
  for (const movie of movies) {
    const file = await RecordingFile.create(folder, show, movie.begin);
    const narrator = new RecordingReporter(file, show, apply);
    for (const [i, fragment] of movie.fragments.entries()) {
      await file.append(fragment);
      if (i % 4 === 3) narrator.synced(await file.sync());
    }
    const { fragments, isComplete } = await file.finish('off', true);
    narrator.ended(fragments, isComplete);
  }
}

const PAGE = `<video id=video muted></video><script src=/hls.js></script><script>
  const faults = [], hls = new Hls();
  hls.on(Hls.Events.ERROR, (_, { fatal, details }) => fatal && faults.push(details));
  hls.loadSource('/replay/index.m3u8');
  hls.attachMedia(video);
</script>`;

function answerPage(path: string): Reply {
  const isScript = path === '/hls.js';
  const body = isScript ? readFileSync('node_modules/hls.js/dist/hls.min.js') : Buffer.from(PAGE);
  return reply(200, [body], { type: isScript ? 'text/javascript' : 'text/html', cacheS: 0 });
}

async function serve(replay: Replay) {
  const port = await freePort();
  const options = { host: '127.0.0.1', port, maxConnections: 50, maxConnectionsPerAddress: 50 };
  const handlers = {
    get: (request: Parameters<Replay['answer']>[0]) =>
      replay.answer(request) ?? answerPage(request.path),
    post: () => refuse(404, 'no'),
    onFault: (error: unknown) => assert.unreachable(String(error)),
  };
  const server = new ViewerServer(options, handlers, systemClock);
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    running = server.run(stop.signal, resolve);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Two files, with the full hour between them. */
function twoMovies() {
  const tapped = tapFeed(media, 3_600e6 - 10.5e6);
  tapped.feed.run(22);
  return wind(tapped);
}

test('a recording plays as an HLS stream, every frame once, by byte ranges of its file', async () => {
  await using place = await openFolder();
  for (const movie of twoMovies()) {
    const replay = new Replay(0);
    await record(place.folder, [movie], (event) => replay.apply('usb', place.folder, event));
    replay.showLast('evening');
    await using server = await serve(replay);
    const played = await probe(`${server.url}/replay/index.m3u8`);
    const samples = movie.fragments.map(({ trackIndex, chunks }) => ({
      trackIndex,
      count: readFragment(Buffer.concat([...chunks]))?.samples.length ?? 0,
    }));
    const framesOf = (index: number) =>
      samples.reduce((sum, { trackIndex, count }) => sum + (trackIndex === index ? count : 0), 0);
    assert.equal(played.frames, { video: framesOf(0), audio: framesOf(1) });
  }
});

test('several files are one stream that a browser plays across their boundary', async () => {
  await using place = await openFolder();
  const replay = new Replay(0);
  await record(place.folder, twoMovies(), (event) => replay.apply('usb', place.folder, event));
  replay.showLast('evening');
  await using server = await serve(replay);
  const text = await (await fetch(`${server.url}/replay/index.m3u8`)).text();
  assert.match(text, '#EXT-X-PLAYLIST-TYPE:VOD');
  assert.match(text, '#EXT-X-ENDLIST');
  assert.is(text.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 1);
  assert.is(text.match(/#EXT-X-MAP/g)?.length, 2);
  await using browser = await openChromium();
  const page = await browser.open(`${server.url}/page`);
  const ready = `window.video && video.duration > 0`;
  await waitInPage(page, ready);
  const durationS = (await page.evaluate('video.duration')) as number;
  assert.ok(Math.abs(durationS - 22) < 0.1, String(durationS));
  await page.evaluate('video.currentTime = 9.5, video.play()');
  await waitInPage(page, 'video.currentTime > 12');
  assert.equal(await page.evaluate('faults'), []);
});

test('the replay is the same after a restart', async () => {
  await using place = await openFolder();
  const running = new Replay(0);
  running.begin('evening');
  await record(place.folder, twoMovies(), (event) => running.apply('usb', place.folder, event));
  const found = new Replay(0);
  found.showLast('evening');
  await reportStored(place.folder, (event) => found.apply('usb', place.folder, event));
  assert.is(running.recordings().length, 2);
  assert.equal(found.recordings(), running.recordings());
});

test('of several drops the replay has the last one only, or the live one', async () => {
  await using place = await openFolder();
  const [first, second] = twoMovies() as [Movie, Movie];
  const replay = new Replay(8);
  const apply = (event: ReplayEvent) => replay.apply('usb', place.folder, event);
  const names = () => replay.recordings().map(({ name }) => name);
  replay.begin('rehearsal');
  await record(place.folder, [first], apply, 'rehearsal');
  const [old] = names();
  replay.begin('evening');
  assert.equal(names(), [], 'what was before is no part of it');
  await record(place.folder, [second], apply, 'evening');
  const [shown = '', ...more] = names();
  assert.equal(more, []);
  assert.is.not(shown, old);

  // The media process of a box that waits, and of one that goes on after a power failure.
  const waiting = new Replay(0);
  await reportStored(place.folder, (event) => waiting.apply('usb', place.folder, event));
  waiting.showLast('evening');
  assert.equal(
    waiting.recordings().map(({ name }) => name),
    [shown],
  );
  await using server = await serve(waiting);
  assert.is((await fetch(`${server.url}/replay/${shown}.mp4`, { method: 'HEAD' })).status, 200);
  assert.is((await fetch(`${server.url}/replay/${old}.mp4`)).status, 404);
  const resumed = new Replay(8);
  resumed.begin('evening');
  await reportStored(place.folder, (event) => resumed.apply('usb', place.folder, event));
  assert.equal(
    resumed.recordings().map(({ name }) => name),
    [shown],
  );
});

test('a recording without a drop is not in the replay', () => {
  const replay = new Replay(0);
  replay.showLast('');
  const recording = { name: 'venuebox-20261122T200000.000Z', epochMs: 0, headerBytes: 1 };
  const rest = { isComplete: true, isRunning: false, segments: [] };
  replay.apply('usb', '/usb', { type: 'recording', recording: { ...recording, ...rest } });
  assert.equal(replay.recordings(), []);
});

test('ranges of a movie are sent from disk, and those beyond its end are refused', async () => {
  await using place = await openFolder();
  const replay = new Replay(0);
  const [movie] = twoMovies();
  await record(place.folder, [movie as Movie], (event) => replay.apply('usb', place.folder, event));
  replay.showLast('evening');
  await using server = await serve(replay);
  const [{ name } = { name: '' }] = replay.recordings();
  const get = (range: string) => fetch(`${server.url}/replay/${name}.mp4`, { headers: { range } });
  const part = await get('bytes=100-299');
  assert.is(part.status, 206);
  const bytes = Buffer.from(await part.arrayBuffer());
  assert.ok(bytes.equals(movie?.bytes.subarray(100, 300) as Buffer));
  assert.is((await get('bytes=999999999-')).status, 416);
  const whole = await fetch(`${server.url}/replay/${name}.mp4`);
  assert.ok(Buffer.from(await whole.arrayBuffer()).equals(movie?.bytes as Buffer));
});

test('of two copies the complete one is used, and the other when a disk is unplugged', () => {
  const replay = new Replay(0);
  replay.showLast('evening');
  const recording = (isComplete: boolean, segments: number): ReplayRecording => ({
    name: 'venuebox-20261122T200000.000Z',
    epochMs: 1_000,
    dropId: 'evening',
    headerBytes: 100,
    isComplete,
    isRunning: false,
    segments: Array.from({ length: segments }, (_, i) => ({
      offset: i,
      bytes: 1,
      startUs: i * 4e6,
      durationUs: 4e6,
    })),
  });
  replay.apply('sd', '/sd', { type: 'recording', recording: recording(false, 5) });
  replay.apply('usb', '/usb', { type: 'recording', recording: recording(true, 4) });
  assert.is(replay.recordings()[0]?.isComplete, true);
  replay.apply('usb', '/usb', { type: 'deleted', name: recording(true, 4).name });
  assert.is(replay.recordings()[0]?.isComplete, false);
});

test('while live one can seek back by `dvr_s`, and the playlist only grows at its end', async () => {
  await using place = await openFolder();
  const replay = new Replay(8);
  replay.begin('evening');
  const seen: string[] = [];
  const look = () => {
    const answer = replay.answer({
      path: '/replay/index.m3u8',
      query: new URLSearchParams(),
      header: () => undefined,
    });
    if (answer?.status === 200) seen.push(Buffer.concat(answer.body).toString());
  };
  await record(place.folder, twoMovies(), (event) => {
    replay.apply('usb', place.folder, event);
    look();
  });
  assert.ok(seen.length > 3);
  const ranges = (text: string) =>
    [...text.matchAll(/#EXT-X-BYTERANGE:(\S+)\n(\S+)/g)].map(([, range, uri]) => `${uri} ${range}`);
  const msnOf = (text: string) => Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
  const all = new Map<number, string>();
  for (const text of seen) {
    assert.not.match(text, 'ENDLIST');
    for (const [i, range] of ranges(text).entries()) {
      const msn = msnOf(text) + i;
      assert.is(all.get(msn) ?? range, range, `segment ${msn} changed`);
      all.set(msn, range);
    }
  }
  assert.ok(msnOf(seen.at(-1) ?? '') > 0);
  assert.ok(ranges(seen.at(-1) ?? '').length <= 3);
});

test('what two recordings of one target both contain is listed once', () => {
  const recording = (name: string, fromS: number, toS: number): ReplayRecording => ({
    name,
    epochMs: 0,
    headerBytes: 1,
    isComplete: false,
    isRunning: false,
    segments: Array.from({ length: (toS - fromS) / 4 }, (_, i) => ({
      offset: i,
      bytes: 1,
      startUs: (fromS + i * 4) * 1e6,
      durationUs: 4e6,
    })),
  });
  const text = renderReplay([recording('a', 0, 12), recording('b', 8, 20)], { isEnded: true });
  assert.equal(text.match(/^[ab]\.mp4$/gm), ['a.mp4', 'a.mp4', 'a.mp4', 'b.mp4', 'b.mp4']);
});

test.run();
