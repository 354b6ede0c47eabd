import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { Edge } from '../../../pipelines/edge/edge.ts';
import { lifetimeOf } from '../../../pipelines/edge/freshness.ts';
import { openTarget } from '../../../pipelines/edge/target.ts';
import { openUpstream } from '../../../pipelines/edge/upstream.ts';
import { refuse, reply } from '../../../pipelines/http/reply.ts';
import { until } from '../../support/box.ts';
import { followTogether, openCountedOrigin } from '../../support/counted-origin.ts';
import { openFeed } from '../../support/feed.ts';
import { freePort } from '../../support/free-port.ts';
import { readPlaylist } from '../../support/rules.ts';
import { type Get, serve } from '../../support/viewer-server.ts';

const test = suite('edge');

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
    /** Resolves to the status. */
    getFrom: (localAddress: string, path: string) =>
      new Promise<number>((resolve, reject) => {
        const options = { host: '127.0.0.1', port: edgePort, path, localAddress, agent: false };
        const asking = request(options, (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
        });
        asking.once('error', reject).end();
      }),
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
  assert.match(
    later.headers.get('cache-status') ?? '',
    /^venuebox; hit, venuebox-edge; hit; ttl=\d/,
  );
  assert.is(room.asked.length, 1);
});

test('a blocking reload is held upstream once for a whole room', async () => {
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
async function openEdgeOf(url: string) {
  const port = await freePort();
  const stop = new AbortController();
  let wake = (_key: string): void => undefined;
  const edge = new Edge({
    upstream: openUpstream(new URL(url)),
    clock: systemClock,
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
  await using room = await openEdgeOf(origin.url);
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
  const box = openTarget(new URL('http://10.0.0.5:8080'));
  assert.is(box('/live/high/1.2.m4s')?.href, 'http://10.0.0.5:8080/live/high/1.2.m4s');
  assert.is(box('/drop.json')?.href, 'http://10.0.0.5:8080/drop.json');
  const any = openTarget(new URL('https://cdn.example.org/show/main.m3u8'));
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

test('no query makes another fetch of one thing, and none ends the edge', async () => {
  const feed = openStream();
  await using room = await openRoom((request) => feed.origin.answer(request));
  const cut = `${'a'.repeat(31)}%F0%9F%98%80`;
  const main = '/live/index.m3u8';
  for (const query of [`profile=${cut}`, 'profile=tv', 'profile=constructor', 'profile=']) {
    const answer = await room.get(`${main}?${query}`);
    assert.is(answer.status, 400, query);
    assert.match(await answer.text(), 'no profile of that name; there are: phone,');
  }
  for (const query of ['_HLS_msn=-1', `_HLS_msn=${cut}`, '_HLS_msn=1&_HLS_part=x', '_HLS_part=1']) {
    const answer = await room.get(`/live/high/index.m3u8?${query}`);
    assert.is(answer.status, 400, query);
    assert.match(await answer.text(), '_HLS_');
  }
  assert.equal(room.asked, []);
  const edgeOf = feed.presentation.tracks()[0]?.window.edge();
  const part = `/live/high/${edgeOf?.msn}.0.m4s`;
  for (let n = 0; n < 12; n += 1) {
    assert.is((await room.get(`${part}?profile=${n}&_HLS_msn=${n}`)).status, 200);
    assert.is((await room.get(`/live/high/index.m3u8?profile=${n}&_HLS_skip=${n}`)).status, 200);
  }
  assert.equal(new Set(room.asked), new Set([part, '/live/high/index.m3u8']));
  assert.is(room.asked.filter((path) => path === part).length, 1);
});

test('one guest’s held requests leave room for everybody else’s, and cost those who join nothing', async () => {
  const get: Get = ({ path, query }) =>
    query.has('_HLS_msn')
      ? { wait: 'never', holdMs: 60_000, retry: () => undefined, expired: () => refuse(503, 'no') }
      : reply(200, [Buffer.from(path)], { type: 'text/plain', cacheS: 1 });
  await using room = await openRoom(get, 120_000);
  const held = (n: number) => `/live/x${n}/index.m3u8?_HLS_msn=${n}`;
  const statuses: number[] = [];
  for (let n = 0; n < 140; n += 1) {
    // Those are the ones that are held, in whatever order sockets are accepted.
    if (n === 32) await until(() => room.asked.length === 32, 30_000);
    room.getFrom('127.0.0.2', held(n)).then(
      (status) => statuses.push(status),
      () => undefined,
    );
  }
  await until(() => statuses.length === 140 - 32, 30_000);
  assert.equal([...new Set(statuses)], [503]);
  assert.is(room.asked.length, 32);
  // Two more of that kind: the upstream's sockets suffice for those who are left too.
  for (let n = 200; n < 264; n += 1) {
    room.getFrom(n < 232 ? '127.0.0.4' : '127.0.0.5', held(n)).catch(() => undefined);
  }
  await until(() => room.asked.length === 96, 30_000);
  for (let n = 0; n < 80; n += 1) {
    assert.is(await room.getFrom('127.0.0.3', `/live/other/${n}`), 200);
  }
  const { collapsedTotal } = room.edge.figures();
  for (const from of ['127.0.0.2', '127.0.0.3']) {
    for (let n = 0; n < 32; n += 1) room.getFrom(from, held(n)).catch(() => undefined);
  }
  await until(() => room.edge.figures().collapsedTotal === collapsedTotal + 64, 30_000);
  assert.is(statuses.length, 140 - 32);
});

test('an origin whose parts are byte ranges is told of, however its playlist is packed', async () => {
  const text = '#EXTM3U\n#EXT-X-PART:DURATION=1,URI="a.mp4",BYTERANGE="9@0"\n';
  const headers = ['Cache-Control', 'max-age=1', 'Content-Encoding', 'gzip'];
  await using room = await openRoom(({ path }) =>
    path === '/live/index.m3u8'
      ? reply(200, [Buffer.from('#EXTM3U\n')], { type: 'text/plain', cacheS: 1 })
      : { status: 200, headers, body: [gzipSync(text)] },
  );
  await (await room.get('/live/index.m3u8')).text();
  assert.is(room.edge.unsupported, undefined);
  await (await room.get('/live/a/index.m3u8')).text();
  assert.match(room.edge.unsupported ?? '', 'byte ranges');
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
