import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { Edge } from '../../../pipelines/edge/edge.ts';
import { lifetimeOf } from '../../../pipelines/edge/freshness.ts';
import { openUpstream } from '../../../pipelines/edge/upstream.ts';
import type { OriginRequest, Wait } from '../../../pipelines/hls/origin.ts';
import { type Reply, refuse, reply } from '../../../pipelines/hls/reply.ts';
import { ViewerServer } from '../../../pipelines/hls/server.ts';
import { until } from '../../support/box.ts';
import { openFeed } from '../../support/feed.ts';
import { freePort } from '../../support/free-port.ts';
import { readPlaylist } from '../../support/rules.ts';

const test = suite('edge');

type Get = (request: OriginRequest) => Reply | Wait;

async function serve(get: Get, port: number) {
  const limits = { maxConnections: 1_000, maxConnectionsPerAddress: 1_000 };
  const handlers = { get, post: () => refuse(404, 'no') };
  const server = new ViewerServer({ host: '127.0.0.1', port, ...limits }, handlers, systemClock);
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    running = server.run(stop.signal, resolve);
  });
  return {
    wake: (id: string) => server.wake(id),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** An origin whose requests are counted, and an edge in front of it. */
async function openRoom(get: Get, holdMs = 3_000) {
  const asked: string[] = [];
  const port = await freePort();
  const edgePort = await freePort();
  const counted: Get = (request) => {
    const query = request.query.toString();
    asked.push(query === '' ? request.path : `${request.path}?${query}`);
    return get(request);
  };
  let origin = await serve(counted, port);
  const stop = new AbortController();
  let wake = (_key: string): void => undefined;
  const edge = new Edge({
    upstream: openUpstream(new URL(`http://127.0.0.1:${port}`)),
    clock: systemClock,
    maxBytes: 50_000_000,
    holdMs,
    signal: stop.signal,
    wake: (key) => wake(key),
  });
  const server = await serve((request) => edge.answer(request), edgePort);
  wake = server.wake;
  return {
    asked,
    edge,
    wakeOrigin: (id: string) => origin.wake(id),
    get: (path: string, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`http://127.0.0.1:${edgePort}${path}`, { headers }),
    kill: () => origin[Symbol.asyncDispose](),
    restart: async () => {
      origin = await serve(counted, port);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

function openStream() {
  const feed = openFeed({ windowS: 6 });
  feed.run(8);
  return feed;
}

test('100 requests for the same at once are one fetch, and later ones none', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const edgeOf = feed.presentation.tracks()[0]?.window.edge();
  const path = `/live/high/${(edgeOf?.msn ?? 0) - 1}.m4s`;
  const replies = await Promise.all(Array.from({ length: 100 }, () => room.get(path)));
  const bodies = await Promise.all(replies.map((one) => one.text()));
  assert.is(new Set(bodies).size, 1);
  assert.equal(room.asked, [path]);
  const statuses = replies.map(({ headers }) => headers.get('cache-status') ?? '');
  const shared = statuses.filter((status) => /collapsed|edge; hit/.test(status)).length;
  assert.is(shared, 99);
  const later = await room.get(path);
  assert.match(later.headers.get('cache-status') ?? '', /^venuebox; hit, venuebox-edge; hit; ttl=\d/);
  assert.is(room.asked.length, 1);
});

test('a blocking reload is held upstream once for a whole room', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const next = feed.presentation.tracks()[0]?.window.next();
  const path = `/live/high/index.m3u8?_HLS_msn=${next?.msn}&_HLS_part=${next?.part}`;
  const waiting = Promise.all(Array.from({ length: 60 }, () => room.get(path)));
  await until(() => room.asked.length === 1, 10_000);
  await sleep(100);
  feed.run(0.4);
  for (const { id } of feed.presentation.tracks()) room.wakeOrigin(id);
  const replies = await waiting;
  assert.equal([...new Set(replies.map(({ status }) => status))], [200]);
  assert.is(room.asked.length, 1);
  const playlist = readPlaylist(await (replies[0] as Response).text());
  assert.ok(playlist.segments.some(({ msn }) => msn === next?.msn));
});

test('a room of viewers that follow the stream costs the origin what one viewer costs', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const follow = async (from: { msn: number; part: number }, steps: number) => {
    let { msn, part } = from;
    for (let i = 0; i < steps; i += 1) {
      const path = `/live/high/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`;
      const { segments } = readPlaylist(await (await room.get(path)).text());
      const parts = segments.find((segment) => segment.msn === msn)?.parts ?? [];
      await (await room.get(`/live/high/${msn}.${part}.m4s`)).arrayBuffer();
      const isLast = parts.length === 5 && part === 4;
      [msn, part] = isLast ? [msn + 1, 0] : [msn, part + 1];
    }
  };
  const next = feed.presentation.tracks()[0]?.window.next() as { msn: number; part: number };
  const timer = setInterval(() => {
    feed.run(0.1);
    for (const { id } of feed.presentation.tracks()) room.wakeOrigin(id);
  }, 100);
  const steps = 8;
  await Promise.all(Array.from({ length: 50 }, () => follow(next, steps)));
  clearInterval(timer);
  assert.is(room.asked.length, 2 * steps, room.asked.join(' '));
});

test('while the origin is away viewers get what is there, stale and said so; then live again, with no 5xx', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request), 600);
  const path = '/live/high/index.m3u8';
  await room.get(path);
  await room.kill();
  await sleep(1_200);
  const next = feed.presentation.tracks()[0]?.window.next();
  const blocking = `${path}?_HLS_msn=${next?.msn}&_HLS_part=${next?.part}`;
  const away = await Promise.all(
    [...Array(20)].flatMap(() => [room.get(path), room.get(blocking)]),
  );
  assert.equal([...new Set(away.map(({ status }) => status))], [200]);
  for (const one of away) {
    assert.match(one.headers.get('cache-status') ?? '', /edge; hit; ttl=-?\d+/);
  }
  assert.ok(room.edge.figures().upstreamFailuresTotal < 25, JSON.stringify(room.edge.figures()));
  await room.restart();
  feed.run(3);
  await until(async () => {
    const text = await (await room.get(path)).text();
    return readPlaylist(text).segments.some(({ msn }) => msn > (next?.msn ?? 0));
  }, 20_000);
});

test('where nothing was ever fetched an origin that is away is a 503 that says when to ask again', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  await room.kill();
  const answer = await room.get('/live/high/index.m3u8');
  assert.is(answer.status, 503);
  assert.is(answer.headers.get('retry-after'), '1');
});

test('viewers of different profiles get their own list, thousands of browsers cost three fetches', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const browsers = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0 ? `Mozilla/5.0 (iPhone) ${i}` : `Mozilla/5.0 (X11) ${i}`,
  );
  const replies = await Promise.all(
    browsers.map((browser) => room.get('/live/index.m3u8', { 'user-agent': browser })),
  );
  const texts = await Promise.all(replies.map((one) => one.text()));
  for (const [i, text] of texts.entries()) {
    assert.is(text.includes('high/index.m3u8'), i % 2 === 1, browsers[i]);
  }
  assert.ok(room.asked.length <= 3, room.asked.join());
});

test('who wants it plain gets it plain, who takes gzip gets gzip, of one fetch', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const plain = await room.get('/live/audio/index.m3u8', { 'accept-encoding': 'identity' });
  assert.is(plain.headers.get('content-encoding'), null);
  assert.match(await plain.text(), '#EXTM3U');
  const packed = await room.get('/live/audio/index.m3u8', { 'accept-encoding': 'gzip' });
  assert.is(packed.headers.get('content-encoding'), 'gzip');
  assert.match(packed.headers.get('vary') ?? '', /accept-encoding/i);
  assert.is(room.asked.length, 1);
});

test('what may not be stored is fetched each time, and queries that mean nothing are no other address', async () => {
  let count = 0;
  const get: Get = () => {
    count += 1;
    return {
      status: 200,
      headers: ['Cache-Control', 'private, no-store'],
      body: [Buffer.from(String(count))],
    };
  };
  await using room = await openRoom(get);
  assert.is(await (await room.get('/live/mine')).text(), '1');
  assert.is(await (await room.get('/live/mine')).text(), '2');
  const feed = openStream();
  await using other = await openRoom((request) => feed.origin.answer(request));
  await other.get('/live/high/index.m3u8?a=1');
  await other.get('/live/high/index.m3u8?b=2');
  assert.is(other.asked.length, 1);
});

test('what was stored and is old is asked for with its ETag, and kept when it is the same', async () => {
  const seen: (string | undefined)[] = [];
  const get: Get = ({ header }) => {
    seen.push(header('if-none-match'));
    const headers = ['Cache-Control', 'no-cache, max-age=60', 'ETag', '"x"'];
    return header('if-none-match') === '"x"'
      ? { status: 304, headers, body: [] }
      : { status: 200, headers, body: [Buffer.from('content')] };
  };
  await using room = await openRoom(get);
  assert.is(await (await room.get('/live/a')).text(), 'content');
  assert.is(await (await room.get('/live/a')).text(), 'content');
  assert.equal(seen, [undefined, '"x"']);
});

test('an origin that says gzip and sends none is a 502, and the edge lives on', async () => {
  const headers = ['Cache-Control', 'max-age=9', 'Content-Encoding', 'gzip'];
  await using room = await openRoom(() => ({ status: 200, headers, body: [Buffer.from('no')] }));
  const plain = { 'accept-encoding': 'identity' };
  assert.is((await room.get('/live/a', plain)).status, 502);
  assert.is((await room.get('/live/a', plain)).status, 502);
});

test('memory is bounded, whatever is asked for', async () => {
  await using room = await openRoom(({ path }) =>
    reply(200, [Buffer.alloc(1_000_000, path)], { type: 'video/mp4', cacheS: 60 }),
  );
  for (let i = 0; i < 80; i += 1) await (await room.get(`/live/media/${i}`)).arrayBuffer();
  assert.ok(room.edge.figures().heldBytes <= 50_000_000, String(room.edge.figures().heldBytes));
  assert.match((await room.get('/live/media/79')).headers.get('cache-status') ?? '', 'edge; hit');
  assert.match((await room.get('/live/media/0')).headers.get('cache-status') ?? '', 'fwd=uri-miss');
});

test('Cache-Control is read as RFC 9111 and 5861 have it, whatever it says', () => {
  assert.equal(lifetimeOf('max-age=10, s-maxage="4", stale-if-error=60', '1'), {
    isStorable: true,
    freshMs: 3_000,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 60_000,
  });
  assert.is(lifetimeOf('Private, max-age=10', undefined).isStorable, false);
  assert.is(lifetimeOf(undefined, undefined).isStorable, false);
  assert.is(lifetimeOf('max-age=10', '99').freshMs, 0);
  fc.assert(
    fc.property(fc.string(), fc.string(), (control, age) => {
      const { freshMs } = lifetimeOf(control, age);
      assert.ok(freshMs >= 0 && freshMs <= 86_400_000);
    }),
  );
});

test.run();
