/** An edge in front of an origin: shared requests, an origin that is away, paths. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { Edge } from '../../../pipelines/edge/edge.ts';
import { openUpstream } from '../../../pipelines/edge/upstream.ts';
import { openUrlMap } from '../../../pipelines/edge/url-map.ts';
import { until } from '../../support/box.ts';
import { followTogether, openCountedOrigin } from '../../support/counted-origin.ts';
import { freePort } from '../../support/free-port.ts';
import { readPlaylist } from '../../support/rules.ts';
import { serve } from '../../support/viewer-server.ts';
import { openRoom, openStream } from './support/counted-edge.ts';

const test = suite('edge');

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
  assert.match(
    later.headers.get('cache-status') ?? '',
    /^venuebox; hit, venuebox-edge; hit; ttl=\d/,
  );
  assert.is(room.asked.length, 1);
});

test('a blocking reload is held upstream once for all viewers', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const next = feed.presentation.tracks()[0]?.window.next();
  const path = `/live/high/index.m3u8?_HLS_msn=${next?.msn}&_HLS_part=${next?.part}`;
  const waiting = Promise.all(Array.from({ length: 60 }, () => room.get(path)));
  waiting.catch(() => undefined);
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

/** An edge in front of an origin, with real sockets on both sides. */
async function openEdgeOf(url: string, clock: Clock = systemClock) {
  const port = await freePort();
  const stop = new AbortController();
  let wake = (_key: string): void => undefined;
  const edge = new Edge({
    upstream: openUpstream(new URL(url)),
    clock,
    maxBytes: 50_000_000,
    holdMs: 3_000,
    signal: stop.signal,
    wake: (key) => wake(key),
  });
  const server = await serve((request) => edge.answer(request), port);
  wake = server.wake;
  return {
    edge,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('200 viewers that follow the stream cost the origin what one viewer costs', async () => {
  await using origin = await openCountedOrigin();
  // On a busy machine 200 viewers take longer than a cache may keep a part.
  await using room = await openEdgeOf(origin.url, { ...systemClock, monotonicMs: () => 0 });
  const wanted = { viewers: 200, steps: 8 };
  const isHeld = async (step: number) => {
    await until(() => origin.asked.length === 2 * step, 20_000);
  };
  const { statuses, parts } = await followTogether(room.url, origin, wanted, isHeld);
  assert.equal([...statuses], [200]);
  assert.is(parts, 200 * 8);
  assert.is(origin.asked.length, 2 * 8, origin.asked.join(' '));
  const { requestsTotal, hitsTotal, collapsedTotal, upstreamTotal } = room.edge.figures();
  assert.is(requestsTotal, 2 * 200 * 8);
  assert.is(requestsTotal - hitsTotal - collapsedTotal, 16);
  assert.is(upstreamTotal, 16);
});

test('an origin that is killed for 5 s: its viewers wait or get what is old, then are live again', async () => {
  await using origin = await openCountedOrigin();
  await using room = await openEdgeOf(origin.url);
  const isHeld = (count: number) => until(() => origin.asked.length >= count, 20_000);
  await followTogether(room.url, origin, { viewers: 20, steps: 2 }, (step) => isHeld(2 * step));
  await origin.kill();
  const failures: number[] = [];
  let isBack = false;
  let requests = 0;
  const follow = async () => {
    while (!isBack) {
      const { msn, part } = origin.next();
      const query = `_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`;
      const reply = await fetch(`${room.url}/live/high/index.m3u8?${query}`);
      requests += 1;
      if (!reply.ok) failures.push(reply.status);
      await reply.arrayBuffer();
      await sleep(100);
    }
  };
  const viewers = Promise.all(Array.from({ length: 20 }, follow));
  viewers.catch(() => undefined);
  await sleep(5_000);
  const { staleTotal, upstreamFailuresTotal } = room.edge.figures();
  assert.ok(staleTotal > 0);
  // All viewers together ask as often as one that retries three times a second.
  assert.ok(upstreamFailuresTotal <= 25, String(upstreamFailuresTotal));
  assert.ok(requests <= 20 * 5, `${requests} requests`);
  await origin.restart();
  const { msn, part } = origin.next();
  await until(async () => {
    origin.advance();
    const path = `/live/high/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`;
    return (await (await fetch(`${room.url}${path}`)).text()).includes(`${msn}.${part}.m4s`);
  }, 20_000);
  isBack = true;
  const live = setInterval(() => origin.advance(), 100);
  await viewers;
  clearInterval(live);
  assert.equal(failures, []);
});

test('no path that a viewer thinks of leads away from the stream', () => {
  const box = openUrlMap(new URL('http://10.0.0.5:8080'));
  assert.is(box('/live/high/1.2.m4s')?.href, 'http://10.0.0.5:8080/live/high/1.2.m4s');
  assert.is(box('/drop.json')?.href, 'http://10.0.0.5:8080/drop.json');
  assert.is(box('/drop.ics')?.href, 'http://10.0.0.5:8080/drop.ics', 'the calendar entry');
  assert.is(box('/picture-a1_B.png')?.href, 'http://10.0.0.5:8080/picture-a1_B.png');
  const any = openUrlMap(new URL('https://cdn.example.org/show/main.m3u8'));
  assert.is(any('/live/index.m3u8')?.href, 'https://cdn.example.org/show/main.m3u8');
  assert.is(
    any('/live/v1/a.m3u8?_HLS_msn=3')?.href,
    'https://cdn.example.org/show/v1/a.m3u8?_HLS_msn=3',
  );
  for (const path of [
    '//evil.example/live/x',
    'http://evil.example/live/x',
    '/live/../operator',
    '/live/%2e%2e/operator',
    '/live/..%2foperator',
    '/live/.hidden',
    '/live//evil.example/x',
    '/live/\\evil.example',
    '/metrics',
    '/picture-a/b.png',
    '/picture-a.png/b',
    '/',
  ]) {
    assert.is(box(path), undefined, path);
    assert.is(any(path), undefined, path);
  }
  assert.is(any('/drop.json'), undefined);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webPath()), (text) => {
      for (const path of [text, `/live/${text}`, `/live${text}`]) {
        const to = any(path);
        assert.ok(to === undefined || to.href.startsWith('https://cdn.example.org/show/'), path);
      }
    }),
  );
});

test('while the origin is unreachable viewers get stale copies, marked so; then live ones again, without a 5xx', async () => {
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

test('without a cached copy an unreachable origin is a 503 with Retry-After', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  await room.kill();
  const answer = await room.get('/live/high/index.m3u8');
  assert.is(answer.status, 503);
  assert.is(answer.headers.get('retry-after'), '1');
});

test.run();
