/** The clips process with real media. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { readClipInfo } from '../../../pipelines/clips/clip-info.ts';
import type { StoredMovie } from '../../../pipelines/clips/clip-store.ts';
import { type ClipsProcess, openClipsProcess } from '../../../pipelines/clips/clips-process.ts';
import type { Poster } from '../../../pipelines/clips/poster.ts';
import { readPoster } from '../../../pipelines/clips/poster-file.ts';
import { PosterStore } from '../../../pipelines/clips/poster-store.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import { Catalogue } from '../../../pipelines/http/cache/catalogue.ts';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { suiteAtOnce } from '../../support/at-once.ts';
import { childrenOf, until } from '../../support/box.ts';
import { probe } from '../../support/media/movies.ts';
import { openRealFeed } from '../../support/media/real-feed.ts';
import { encodeMedia } from '../../support/media/real-media.ts';

const test = suiteAtOnce('clips process');
const media = await encodeMedia();
const never = new AbortController().signal;
const MARKED_MS = 1_790_000_000_000;

async function goLive(posterEveryS: number) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-clips-'));
  const lives: { poster: Poster; preview: StoredMovie | undefined }[] = [];
  const clipPosters = new Map<string, Poster>();
  let clips: ClipsProcess | undefined;
  const feed = openRealFeed(media, (id) => clips?.collect(id));
  clips = openClipsProcess({
    presentation: feed.presentation,
    settings: {
      folder,
      clipTrackIds: ['high', 'audio'],
      previewTrackId: 'high',
      maxClipS: 30,
      posterEveryS,
      limits: { maxClips: 100, maxBytes: 1e9, reserveBytes: 0 },
    },
    clock: systemClock,
    log: silentLog,
    finishMs: 60_000,
    onDeleted: () => undefined,
    onClipPoster: (id, poster) => clipPosters.set(id, poster),
    onLivePoster: (poster, preview) => lives.push({ poster, preview }),
  });
  let stop = new AbortController();
  const open = clips;
  let running = clips.run(stop.signal);
  const timer = setInterval(() => feed.run(0.1), 100);
  return {
    folder,
    lives,
    clipPosters,
    process: open,
    feed,
    end: async () => {
      stop.abort();
      await running;
    },
    restart: async () => {
      stop.abort();
      await running;
      stop = new AbortController();
      running = open.run(stop.signal);
    },
    /** Repeats the request until the process has media. */
    clip: async (seconds: number) => {
      let clip: StoredMovie | undefined;
      await until(async () => {
        clip = await open.clip({ seconds, atMs: MARKED_MS, label: 'Encore' }, never);
        return true;
      }, 20_000);
      return clip as StoredMovie;
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      stop.abort();
      await running;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('a clip plays, and its poster follows in every size and format', async () => {
  await using live = await goLive(0);
  live.feed.run(8);
  const clip = await live.clip(5);
  const played = await probe(clip.path);
  assert.is(played.complaints, '');
  assert.ok(played.frames.video > 25 && played.frames.audio > 30);
  await until(() => live.clipPosters.has(clip.id), 20_000);
  const poster = live.clipPosters.get(clip.id);
  assert.equal(
    poster?.files.map(({ widthPx, format }) => `${widthPx}.${format}`),
    ['160.avif', '160.webp', '160.jpeg', '320.avif', '320.webp', '320.jpeg'],
  );
  for (const { path, widthPx, format } of poster?.files ?? []) {
    const { width, height, format: found } = await sharp(path).metadata();
    assert.equal([width, height], [widthPx, (widthPx * 9) / 16]);
    assert.is(found, format === 'avif' ? 'heif' : format);
  }
  assert.equal(await readPoster(join(live.folder, 'clips'), clip.id), poster, 'and is stored');
  const info = { atMs: MARKED_MS, label: 'Encore', durationS: clip.durationS, sequence: 1 };
  assert.equal(await readClipInfo(join(live.folder, 'clips'), clip.id), info, 'and its name');
});

test('a clip made right before the end has its poster', async () => {
  await using live = await goLive(1);
  live.feed.run(8);
  const clip = await live.clip(5);
  await live.end();
  assert.ok(live.clipPosters.has(clip.id), 'it is made');
  const poster = await readPoster(join(live.folder, 'clips'), clip.id);
  assert.equal(poster, live.clipPosters.get(clip.id), 'and is stored');
});

test('live posters come on schedule with a preview of three seconds, and old ones are deleted', async () => {
  await using live = await goLive(2);
  live.feed.run(8);
  await until(() => live.lives.length >= 5, 60_000);
  const { preview, poster } = live.lives.at(-1) ?? {};
  const played = await probe(preview?.path ?? '');
  assert.is(played.frames.audio, 0);
  assert.ok(played.durationS >= 2.9 && played.durationS <= 4.1, String(played.durationS));
  const files = await readdir(join(live.folder, 'live'));
  assert.ok(files.length <= 5 * ((poster?.files.length ?? 0) + 1), String(files.length));
});

test('posters are served from memory by Accept, under immutable names too, with ETags that save the bytes', async () => {
  await using live = await goLive(1);
  live.feed.run(5);
  await until(() => live.lives.length > 0, 30_000);
  const { poster } = live.lives[0] as { poster: Poster };
  const posters = new PosterStore(new Catalogue(), 15);
  await posters.setLive(poster);
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    posters.answer({ path, query: new URLSearchParams(), header: (name) => headers[name] });
  const headerOf = (reply: Reply | undefined, name: string) =>
    reply?.headers[(reply?.headers.indexOf(name) ?? 0) + 1];

  const avif = get('/posters/live-320', { accept: 'image/avif,image/*' });
  assert.is(headerOf(avif, 'Content-Type'), 'image/avif');
  assert.is(headerOf(avif, 'Vary'), 'Accept');
  assert.is(headerOf(get('/posters/live-320', { accept: '*/*' }), 'Content-Type'), 'image/jpeg');
  assert.is(get('/posters/live-320', { accept: 'image/png' })?.status, 406);
  // A size above the picture's own is the picture's own.
  assert.is(get('/posters/live-1280', { accept: 'image/webp' })?.status, 200);
  const etag = headerOf(avif, 'ETag') ?? '';
  const again = get('/posters/live-320', { accept: 'image/avif', 'if-none-match': etag });
  assert.is(again?.status, 304);
  assert.is(again?.body.length, 0);

  for (const { name } of poster.files) {
    const named = get(`/posters/${name}`);
    assert.is(named?.status, 200);
    assert.match(headerOf(named, 'Cache-Control') ?? '', 'immutable');
  }
  assert.is(get('/posters/../../etc/passwd')?.status, 404);
  assert.is(get('/live/index.m3u8'), undefined);
});

test('live posters of an earlier process are deleted when there are new ones', async () => {
  await using live = await goLive(1);
  const where = join(live.folder, 'live');
  await mkdir(where, { recursive: true });
  await writeFile(join(where, 'poster-leftover.avif'), 'old');
  await live.restart();
  live.feed.run(8);
  await until(() => live.lives.length >= 4, 60_000);
  await until(async () => !(await readdir(where)).includes('poster-leftover.avif'), 10_000);
});

test('a clip is refused with CLIP_FAILED while nothing is published', async () => {
  await using live = await goLive(0);
  const failed = await live.process
    .clip({ seconds: 5, atMs: MARKED_MS }, never)
    .catch((error: unknown) => error);
  assert.ok(failed instanceof PipelineError && failed.code === 'CLIP_FAILED');
});

// It must find its own process.
test.last(
  'a clips process that is killed restarts and makes clips of what it receives',
  async () => {
    await using live = await goLive(0);
    live.feed.run(4);
    await live.clip(2);
    const pid = childrenOf(process.pid).find((id) =>
      readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('clips/main'),
    );
    process.kill(pid as number, 'SIGKILL');
    await until(() => !childrenOf(process.pid).includes(pid as number), 10_000);
    const clip = await live.clip(3);
    assert.is((await probe(clip.path)).complaints, '');
  },
);

test.run();
