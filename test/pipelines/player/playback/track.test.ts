/** A track that fetches parts: each once and in order, however segments are cut, with few playlists. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../../pipelines/http/reply.ts';
import type { TrackBuffer } from '../../../../pipelines/player/playback/buffer.ts';
import { parseMedia } from '../../../../pipelines/player/playback/playlist.ts';
import { LiveTrack } from '../../../../pipelines/player/playback/track.ts';
import { type Feed, openFeed, VIDEO_CAPS } from '../../../support/feed.ts';

const test = suite('a track of fetched parts');

const isPart = (path: string) => /\/\d+\.\d+\.m4s$/.test(path);
const BASE = new URL('http://box/live/high/index.m3u8');

/** What a browser has: appended sections by their bytes. */
function fakeBuffer() {
  const appended: string[] = [];
  const buffer = {
    initUrl: '',
    endDateMs: undefined as number | undefined,
    ranges: [] as readonly (readonly [number, number])[],
    append: async (bytes: ArrayBuffer) => {
      appended.push(Buffer.from(bytes).toString());
    },
  };
  return { appended, buffer: buffer as unknown as TrackBuffer };
}

test('parts that were missed are asked for at once, and appended in their order', async () => {
  const feed = openFeed();
  feed.run(6.3);
  const { appended, buffer } = fakeBuffer();
  const stop = new AbortController();
  const asked: string[] = [];
  let isBehind = false;
  // Parts are held until three of them were asked for: one after the other would never end.
  let release: () => void = () => undefined;
  const together = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fetchBefore = globalThis.fetch;
  globalThis.fetch = (async (input: URL) => {
    const { pathname, search } = input;
    if (pathname.endsWith('.m3u8')) {
      if (search !== '') {
        if (isBehind) return await new Promise<Response>(() => undefined);
        // While it waited, two seconds of media were made.
        feed.run(2);
        isBehind = true;
      }
      return new Response(feed.text(pathname));
    }
    if (isBehind && isPart(pathname)) {
      asked.push(pathname);
      if (asked.length === 3) release();
      await together;
    }
    return new Response(pathname);
  }) as unknown as typeof fetch;
  try {
    const seen = { onPart: () => undefined, onTransfer: () => undefined };
    const track = new LiveTrack(BASE, buffer, { ...seen, onDiscontinuity: () => undefined });
    const ran = track.run(stop.signal).catch(() => undefined);
    // The last one asked for is the next part, which does not exist yet.
    const isDone = () => asked.length > 3 && appended.at(-1) === asked.at(-2);
    for (let i = 0; i < 6_000 && !isDone(); i += 1) await new Promise((r) => setTimeout(r, 10));
    assert.ok(isDone(), `${asked.length} asked, last appended ${appended.at(-1)}`);
    const parts = appended.filter(isPart);
    assert.equal(parts, [...new Set(parts)], 'each once');
    assert.equal(parts.slice(1 - asked.length), asked.slice(0, -1), 'in their order');
    stop.abort();
    await Promise.race([ran, new Promise((resolve) => setTimeout(resolve, 100))]);
  } finally {
    globalThis.fetch = fetchBefore;
  }
});

interface Watched {
  readonly appended: readonly string[];
  readonly playlists: number;
  /** All parts that the stream has had, in their order. */
  readonly published: readonly string[];
  /** When it gave up, or was stopped, in us of media time; undefined where it has ended. */
  readonly failedUs: number | undefined;
  /** The init section of each appended part: as it was, and as the playlist says. */
  readonly inits: readonly (readonly [string, string])[];
}

function initsOf(appended: readonly string[], published: ReadonlyMap<string, string>) {
  let had = '';
  return appended.flatMap((path) => {
    if (isPart(path)) return [[had, published.get(path) ?? had] as const];
    had = path.split('/').at(-1) ?? '';
    return [];
  });
}

/** A track on the real origin, over time that the test moves. Each part is its own address. */
async function watch(
  feed: Feed,
  steps: readonly ((feed: Feed, track: LiveTrack) => void)[],
  base = BASE,
): Promise<Watched> {
  const { appended, buffer } = fakeBuffer();
  const stop = new AbortController();
  const published = new Map<string, string>();
  const held: (() => boolean)[] = [];
  const timers = new Map<number, { readonly dueUs: number; readonly act: () => void }>();
  let failedUs: number | undefined;
  let playlists = 0;
  const answer = (path: string, reply: Reply) => {
    const body = Buffer.concat(reply.body);
    const isNamed = /\.m(4s|p4)$/.test(path) && reply.status === 200 && body.length > 0;
    return new Response(isNamed ? path : body, { status: reply.status });
  };
  const { fetch: fetchBefore, setTimeout: timeoutBefore, clearTimeout: clearBefore } = globalThis;
  performance.now = () => feed.nowUs() / 1_000;
  let timerIds = 0;
  globalThis.setTimeout = ((act: () => void, ms: number) => {
    timerIds += 1;
    timers.set(timerIds, { dueUs: feed.nowUs() + ms * 1_000, act });
    return timerIds;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => timers.delete(id)) as unknown as typeof clearTimeout;
  globalThis.fetch = (async ({ pathname, search }: URL, { signal }: { signal: AbortSignal }) => {
    if (search !== '') playlists += 1;
    const first = feed.get(`${pathname}${search}`);
    if (!('wait' in first)) return answer(pathname, first);
    const endsUs = feed.nowUs() + first.holdMs * 1_000;
    return await new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      held.push(() => {
        const reply = feed.nowUs() < endsUs ? first.retry() : first.expired();
        if (reply !== undefined) resolve(answer(pathname, reply));
        return reply !== undefined;
      });
    });
  }) as unknown as typeof fetch;
  const settle = async () => {
    for (let i = 0; i < 12; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const tick = async () => {
    for (const retry of held.splice(0)) if (!retry()) held.push(retry);
    for (const [id, { dueUs, act }] of timers) {
      if (dueUs <= feed.nowUs() && timers.delete(id)) act();
    }
    for (const { uri, isGap, initUri = '' } of parseMedia(feed.text(base.pathname)).parts) {
      if (!isGap) published.set(new URL(uri, base).pathname, initUri);
    }
    await settle();
  };
  try {
    const seen = { onPart: () => undefined, onTransfer: () => undefined };
    const track = new LiveTrack(base, buffer, { ...seen, onDiscontinuity: () => undefined });
    const ran = track.run(stop.signal).catch(() => {
      failedUs = feed.nowUs();
    });
    await settle();
    for (const step of steps) {
      step(feed, track);
      await tick();
    }
    stop.abort();
    await Promise.race([ran, settle()]);
    assert.is(timers.size, 0, 'timers go on');
  } finally {
    globalThis.fetch = fetchBefore;
    globalThis.setTimeout = timeoutBefore;
    globalThis.clearTimeout = clearBefore;
    Reflect.deleteProperty(performance, 'now');
  }
  const parts = appended.filter(isPart);
  return {
    appended: parts,
    playlists,
    published: [...published.keys()],
    inits: initsOf(appended, published),
    failedUs,
  };
}

/** From the first one that was appended on, of any rendition; the last ones may be on their way. */
function assertAllInOrder({ appended, published }: Watched) {
  const from = published.indexOf(appended[0] ?? '');
  const expected = published.slice(from, from + appended.length);
  const named = (paths: readonly string[]) => paths.map((path) => path.split('/').at(-1));
  assert.equal(named(appended), named(expected));
  const changes = appended.filter((path, i) => i > 0 && path[6] !== appended[i - 1]?.[6]);
  assert.ok(
    changes.every((path) => path.endsWith('.0.m4s')),
    changes.join(' '),
  );
  assert.ok(published.length - from - appended.length <= 2, `${published.length - from} published`);
}

const SOUND = new URL('http://box/live/audio/index.m3u8');

test('a steady stream is followed with one playlist a segment, its sound too', async () => {
  for (const [partMs, base] of [
    [100, BASE],
    [200, BASE],
    [213.34, SOUND],
  ] as const) {
    const feed = openFeed({ partMs });
    feed.run(6.3);
    const seen = await watch(
      feed,
      Array.from({ length: 250 }, () => (one: Feed) => one.run(0.02)),
      base,
    );
    assertAllInOrder(seen);
    assert.is(seen.playlists, 5, `${partMs} ${base.href}`);
  }
});

/** Of an encoder that has begun again with other parameters. */
const OTHER_CAPS = VIDEO_CAPS.replace('68ce3192', '68ce3292');
/** Capture that leaves a segment shorter than the one after it, in which a rendition is left. */
const SHORTER = [
  { runS: 0.1046, awayS: 0.0981, rendition: 'high' as const, caps: VIDEO_CAPS },
  { runS: 2.3819, awayS: 0.1007, rendition: 'low' as const, caps: OTHER_CAPS },
];

test('wherever capture dies and comes back, each part is appended once and in order', async () => {
  const outage = fc.record({
    runS: fc.double({ min: 0.1, max: 2.5, noNaN: true }),
    awayS: fc.double({ min: 0.02, max: 1.5, noNaN: true }),
    rendition: fc.constantFrom('high', 'low', undefined),
    caps: fc.constantFrom(VIDEO_CAPS, OTHER_CAPS),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(outage, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (outages, hasIdrs) => {
        const feed = openFeed({ hasIdrs });
        feed.run(6.3);
        const repeat = (seconds: number, act: (one: Feed) => void) =>
          Array.from({ length: Math.ceil(seconds / 0.02) }, () => act);
        const steps = outages.flatMap(({ runS, awayS, rendition, caps }) => [
          (_: Feed, track: LiveTrack) => {
            if (rendition !== undefined)
              track.switchTo(new URL(`../${rendition}/index.m3u8`, BASE));
          },
          ...repeat(runS, (one) => one.run(0.02)),
          (one: Feed) => one.die(),
          ...repeat(awayS, (one) => one.idle(0.02)),
          (one: Feed) => {
            one.start();
            for (const id of ['high', 'low']) one.presentation.setCaps(id, caps);
          },
        ]);
        const end = (one: Feed) => one.presentation.end(one.nowUs());
        const tail = [...repeat(2, (one) => one.run(0.02)), end, (one: Feed) => one.idle(0.02)];
        const seen = await watch(feed, [...steps, ...tail]);
        assertAllInOrder(seen);
        assert.is(seen.failedUs, undefined);
        for (const [had, listed] of seen.inits) assert.is(had, listed);
      },
    ),
    { numRuns: 24, examples: [[SHORTER, true]] },
  );
});

test('another rendition begins with a segment, and goes on where the one before it ended', async () => {
  const feed = openFeed();
  feed.run(6.3);
  const steps = Array.from({ length: 300 }, (_, i) => (one: Feed, track: LiveTrack) => {
    one.run(0.02);
    if (i % 70 === 20)
      track.switchTo(new URL(`../${i % 140 === 20 ? 'low' : 'high'}/index.m3u8`, BASE));
  });
  const seen = await watch(feed, steps);
  assertAllInOrder(seen);
  const { appended } = seen;
  const changes = appended.filter((path, i) => i > 0 && path[6] !== appended[i - 1]?.[6]);
  assert.is(changes.length, 4, appended.join(' '));
});

test('a track that stands still is given up after one wait, not one after the other', async () => {
  const feed = openFeed();
  feed.run(6.3);
  let stoodUs = 0;
  const standing = { ...feed, nowUs: () => feed.nowUs() + stoodUs };
  const repeat = (count: number, act: (one: Feed) => void) =>
    Array.from({ length: count }, () => act);
  const stand = () => {
    stoodUs += 20_000;
  };
  const { failedUs = 0 } = await watch(standing, [
    ...repeat(60, (one) => one.run(0.02)),
    ...repeat(400, stand),
  ]);
  const { holdMs } = feed.presentation.limits;
  const waitedMs = (failedUs - feed.nowUs()) / 1_000;
  assert.ok(waitedMs > 0 && waitedMs < holdMs + 1_000, `${waitedMs} ms`);
});

test.run();
