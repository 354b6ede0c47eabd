/** What guests and origins cannot do to an edge. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { entryOf } from '../../../pipelines/edge/entry.ts';
import { lifetimeOf } from '../../../pipelines/edge/freshness.ts';
import { LatestPlaylists } from '../../../pipelines/edge/latest-playlists.ts';
import { openUpstream } from '../../../pipelines/edge/upstream.ts';
import { refuse, reply } from '../../../pipelines/http/reply.ts';
import { until } from '../../support/box.ts';
import type { Get } from '../../support/viewer-server.ts';
import { openRoom } from './support/counted-edge.ts';

const test = suite('limits of an edge');

test('held requests of one address leave slots for others, and joining them is not limited', async () => {
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

test('a guest who makes up addresses is a trickle to the origin, and others get what they ask for', async () => {
  const get: Get = ({ path }) =>
    path.startsWith('/live/media/')
      ? reply(200, [Buffer.from(path)], { type: 'video/mp4', cacheS: 60 })
      : refuse(404, 'no');
  const stopped: Clock = { ...systemClock, monotonicMs: () => 0 };
  await using room = await openRoom(get, 3_000, stopped);
  const statuses = new Map<number, number>();
  for (let n = 0; n < 700; n += 1) {
    const status = await room.getFrom('127.0.0.2', `/live/made-up/${n}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.equal(Object.fromEntries(statuses), { 404: 600, 503: 100 });
  assert.is(room.asked.length, 600);
  for (let n = 0; n < 20; n += 1) {
    assert.is(await room.getFrom('127.0.0.3', `/live/media/${n}`), 200);
  }
  // What the edge has costs the origin nothing.
  for (let n = 0; n < 20; n += 1) {
    assert.is(await room.getFrom('127.0.0.2', `/live/media/${n}`), 200);
  }
});

test('what the origin does not have is asked once for all who want it at once, and a moment later anew', async () => {
  let nowMs = 0;
  let hasIt = false;
  const get: Get = () =>
    hasIt ? reply(200, [Buffer.from('it')], { type: 'video/mp4', cacheS: 1 }) : refuse(404, 'no');
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  await using room = await openRoom(get, 3_000, clock);
  const ask = async () => (await room.get('/live/a/1.m4s')).status;
  const statuses = await Promise.all(Array.from({ length: 50 }, ask));
  assert.equal([...new Set(statuses)], [404]);
  assert.is(room.asked.length, 1);
  hasIt = true;
  assert.is(await ask(), 404);
  nowMs += 300;
  assert.is(await ask(), 200);
  assert.is(room.asked.length, 2);
});

test('a part that is not there yet is asked for anew: it may be hinted by now, and is held', async () => {
  let hasIt = false;
  const get: Get = () =>
    hasIt ? reply(200, [Buffer.from('it')], { type: 'video/mp4', cacheS: 1 }) : refuse(404, 'no');
  const stopped: Clock = { ...systemClock, monotonicMs: () => 0 };
  await using room = await openRoom(get, 3_000, stopped);
  const ask = async () => (await room.get('/live/a/1.7.m4s')).status;
  assert.is(await ask(), 404);
  hasIt = true;
  assert.is(await ask(), 200);
});

test('an origin to which the edge is too much is a fault of neither guest: what is there is served', async () => {
  let nowMs = 0;
  let isTooMuch = false;
  const headers = ['Cache-Control', 'max-age=1, stale-if-error=60'];
  const get: Get = () =>
    isTooMuch ? refuse(429, 'slowly') : { status: 200, headers, body: [Buffer.from('content')] };
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  await using room = await openRoom(get, 3_000, clock);
  assert.is((await room.get('/live/a')).status, 200);
  isTooMuch = true;
  nowMs += 5_000;
  assert.is((await room.get('/live/a')).status, 200);
  assert.is((await room.get('/live/b')).status, 503);
});

test('an origin with byte ranges is reported, with and without gzip', async () => {
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

test('a stale entry is revalidated by its ETag', async () => {
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

test('an origin that sends invalid gzip is a 502, and the edge goes on', async () => {
  const headers = ['Cache-Control', 'max-age=9', 'Content-Encoding', 'gzip'];
  await using room = await openRoom(() => ({ status: 200, headers, body: [Buffer.from('no')] }));
  const plain = { 'accept-encoding': 'identity' };
  assert.is((await room.get('/live/a', plain)).status, 502);
  assert.is((await room.get('/live/a', plain)).status, 502);
});

test('what a browser would run or show as a page of this box is served as text', async () => {
  const types = ['text/html', 'image/svg+xml; x', 'Text/JavaScript', 'application/xhtml+xml'];
  const dash = ['application/dash+xml', 'application/ttml+xml;charset=utf-8'];
  const media = ['application/vnd.apple.mpegurl', 'video/mp4', 'image/jpeg', 'text/plain'];
  const kept = [...media, ...dash];
  const xml = ['text/xml', 'application/mathml+xml', 'multipart/x-mixed-replace'];
  const all = [...types, ...kept, ...xml];
  await using room = await openRoom(({ path }) =>
    reply(200, [Buffer.from('x')], { type: all[Number(path.slice(6))] ?? '', cacheS: 60 }),
  );
  const served = [];
  for (const n of all.keys())
    served.push((await room.get(`/live/${n}`)).headers.get('content-type'));
  const text = 'text/plain; charset=utf-8';
  assert.equal(served, [...types.map(() => text), ...kept, ...xml.map(() => text)]);
});

test('an origin that varies by a thousand headers is not cached, and costs no more than others', async () => {
  const vary = Array.from({ length: 1_000 }, (_, n) => `x-${n}, accept`).join();
  const headers = ['Cache-Control', 'max-age=60', 'Vary', vary];
  await using room = await openRoom(() => ({ status: 200, headers, body: [Buffer.from('x')] }));
  for (let n = 0; n < 3; n += 1) {
    const answer = await room.get('/live/a');
    assert.is(await answer.text(), 'x');
    assert.is(answer.headers.get('vary'), '*');
  }
  assert.is(room.asked.length, 3);
  assert.is(room.edge.figures().heldBytes, 0);
});

test('playlists of many megabytes are not kept for worse times, beside the cache', () => {
  const latest = new LatestPlaylists(1_000);
  const headers = { 'cache-control': 'max-age=0, stale-if-error=60' };
  const staleOf = (name: string, bytes: number) => {
    const path = `/live/${name}/index.m3u8`;
    const request = { path, query: new URLSearchParams(), header: () => undefined };
    latest.save(request, entryOf({ status: 200, headers, body: Buffer.alloc(bytes) }, 0));
    return latest.staleFor(request, undefined, 1_000)?.body.length;
  };
  assert.is(staleOf('usual', 30_000), 30_000);
  assert.is(staleOf('large', 3_000_000), undefined);
});

test('answers that all come at once are taken up to a sum, and what comes later is served', async () => {
  const begun = new Set<() => void>();
  const origin = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'video/mp4' });
    response.write(Buffer.alloc(request.url === '/live/small' ? 10 : 2_000_000));
    if (request.url === '/live/small') response.end();
    else begun.add(() => response.end());
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const { port } = origin.address() as AddressInfo;
  const upstream = openUpstream(new URL(`http://127.0.0.1:${port}`), 13_000_000);
  const { signal } = new AbortController();
  const ask = (name: string) =>
    upstream(`/live/${name}`, {}, 120_000, signal).then(
      ({ body }) => body.length,
      (error: unknown) => String(error),
    );
  try {
    const coming = Array.from({ length: 8 }, (_, n) => ask(`large-${n}`));
    const refused = await Promise.race(coming);
    assert.match(String(refused), 'too large');
    await until(() => begun.size === 8, 60_000);
    for (const end of begun) end();
    const sizes = (await Promise.all(coming)).filter((one) => one === 2_000_000);
    assert.ok(sizes.length >= 1 && sizes.length <= 7, `${sizes.length}`);
    assert.is(await ask('small'), 10);
  } finally {
    origin.closeAllConnections();
    origin.close();
  }
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

test('Cache-Control is parsed by RFC 9111 and 5861, for any text', () => {
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
