/** Requests to the origin, and the count of viewers. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { parseDirectives } from '../../../pipelines/hls/directives.ts';
import type { Wait } from '../../../pipelines/http/handlers.ts';
import { HeldRequests } from '../../../pipelines/http/held-requests.ts';
import { acceptsGzip, chooseProfile } from '../../../pipelines/http/negotiate.ts';
import { type Reply, refuse } from '../../../pipelines/http/reply.ts';
import { beaconSchema } from '../../../pipelines/origin/viewers.ts';
import { type Feed, openFeed } from '../../support/feed.ts';

const test = suite('origin');

test('any path and query gets an answer with a status, or waits', () => {
  const feed = openFeed();
  feed.run(3);
  const path = fc.oneof(
    fc.webPath(),
    fc.constantFrom(
      '/live/high/index.m3u8',
      '/live/audio/index.m3u8',
      '/live/index.m3u8',
      '/live/high/1000.0.m4s',
      '/live/high/999999999999.m4s',
    ),
  );
  const query = fc.oneof(
    fc.string(),
    fc
      .record({
        msn: fc.oneof(fc.integer().map(String), fc.string()),
        part: fc.oneof(fc.integer().map(String), fc.string()),
        skip: fc.string(),
      })
      .map(({ msn, part, skip }) => `_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=${skip}`),
  );
  fc.assert(
    fc.property(path, query, (where, asked) => {
      const answer = feed.origin.answer({
        path: where,
        query: new URLSearchParams(asked),
        header: () => undefined,
      });
      if ('wait' in answer) assert.is(answer.expired().status >= 400, true);
      else assert.ok([200, 400, 404, 503].includes(answer.status), String(answer.status));
    }),
    { numRuns: 500 },
  );
});

test('parts, segments and init sections have ETags of their bytes, and what a client has is not sent', () => {
  const feed = openFeed();
  feed.run(3);
  const ask = (path: string, held?: string) => {
    const header = (name: string) => (name === 'if-none-match' ? held : undefined);
    const answer = feed.origin.answer({ path, query: new URLSearchParams(), header });
    if ('wait' in answer) throw new Error(`${path} waits`);
    return answer;
  };
  const playlist = Buffer.concat([...ask('/live/high/index.m3u8').body]).toString();
  const names = [...playlist.matchAll(/(?:^|URI=")([\w.-]+\.(?:m4s|mp4))/gm)].map(
    ([, name]) => name,
  );
  const etags = new Map<string, string>();
  for (const name of names.slice(0, -1)) {
    const path = `/live/high/${name}`;
    const { status, headers, body } = ask(path);
    assert.is(status, 200, path);
    const etag = headers[headers.indexOf('ETag') + 1] ?? '';
    assert.match(etag, /^"[\w-]{11}"$/);
    const bytes = Buffer.concat([...body]).toString('hex');
    const same = [...etags].filter(([, known]) => known === etag);
    for (const [known] of same) assert.is(known, bytes, 'another ETag for other bytes');
    etags.set(bytes, etag);
    const again = ask(path, etag);
    assert.equal([again.status, again.body], [304, []]);
    assert.not.ok(again.headers.includes('Content-Length'));
    assert.ok(again.headers.includes('ETag') && again.headers.includes('Cache-Control'));
    assert.is(ask(path, '"other"').status, 200);
  }
  assert.ok(etags.size > 5, `${etags.size} files`);
});

test('directives are numbers or refusals', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = parseDirectives(new URLSearchParams(text));
      if (!('refusal' in read)) assert.ok(read.msn === undefined || Number.isSafeInteger(read.msn));
    }),
  );
});

test('gzip is a yes only where it is one', () => {
  const yes = ['gzip', 'deflate, gzip;q=0.5', '*', 'x-gzip', 'GZIP'];
  const no = [
    undefined,
    '',
    'br',
    'gzip;q=0',
    'gzip; q=0.0',
    '*;q=0',
    'gzip;q=0, *;q=1',
    'identity',
  ];
  for (const header of yes) assert.ok(acceptsGzip(header), header);
  for (const header of no) assert.not.ok(acceptsGzip(header), header ?? 'none');
  fc.assert(fc.property(fc.string(), (header) => void acceptsGzip(header)));
});

test('a profile comes from client hints, then from the user agent', () => {
  const of = (headers: Readonly<Record<string, string>>) => chooseProfile((name) => headers[name]);
  assert.is(of({}), 'laptop');
  assert.is(of({ 'sec-ch-ua-mobile': '?1' }), 'phone');
  assert.is(of({ 'sec-ch-ua-mobile': '?0', 'user-agent': 'Android' }), 'laptop');
  assert.is(
    of({ 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)' }),
    'phone',
  );
  assert.is(of({ 'save-data': 'on', 'sec-ch-ua-mobile': '?1' }), 'low-data');
  assert.is(of({ ect: '3g' }), 'low-data');
});

test('?profile= chooses the ladder, and one that is not there is 400 with the names that are', () => {
  const feed = openFeed();
  feed.run(2);
  assert.not.match(feed.text('/live/index.m3u8?profile=phone'), 'high/index.m3u8');
  assert.match(feed.text('/live/index.m3u8?profile=laptop'), 'high/index.m3u8');
  for (const inherited of ['constructor', '__proto__', 'toString']) {
    const answer = feed.get(`/live/index.m3u8?profile=${inherited}`);
    assert.is('wait' in answer ? 0 : answer.status, 400, inherited);
  }
  const wrong = feed.get('/live/index.m3u8?profile=tv');
  if ('wait' in wrong) throw new Error('it waits');
  assert.is(wrong.status, 400);
  assert.match(String(wrong.body[0]), 'laptop, phone, low-data');
});

/** A request for a playlist of a stream that has not begun; fails where it is not held. */
function heldFor(feed: Feed, path: string): Wait {
  const answer = feed.get(path);
  if (!('wait' in answer)) throw new Error(`${path}: ${answer.status}`);
  assert.is(answer.retry(), undefined);
  return answer;
}

const textOf = (answer: Reply | undefined) => Buffer.concat(answer?.body ?? []).toString();

test('before the first frame playlists are held, and 503 where nothing comes', () => {
  const feed = openFeed();
  for (const path of ['/live/index.m3u8', '/live/high/index.m3u8', '/live/audio/index.m3u8']) {
    const held = heldFor(feed, path);
    assert.ok(held.holdMs > 0 && held.holdMs < 20_000);
    assert.is(held.expired().status, 503);
  }
});

test('a held multivariant playlist has all renditions, and those that began where one never does', () => {
  const feed = openFeed();
  feed.rest(['high']);
  const held = heldFor(feed, '/live/index.m3u8');
  const media = heldFor(feed, '/live/low/index.m3u8');
  // The packager waits for all, for two seconds.
  feed.run(3);
  assert.is(held.retry(), undefined, 'one rendition is missing');
  assert.match(textOf(media.retry()), '#EXT-X-PART:');
  const partly = textOf(held.expired());
  assert.match(partly, 'low/index.m3u8');
  assert.not.match(partly, 'high/index.m3u8');
  feed.rest([]);
  feed.run(2);
  const whole = textOf(held.retry());
  for (const name of ['low', 'high', 'audio']) assert.match(whole, `${name}/index.m3u8`);
});

const beacon = {
  id: 'abcdefgh',
  player: 'venuebox',
  rendition: 'high',
  stalls: 0,
  stalledMs: 0,
} as const;

test('a beacon with anything else in it is refused', () => {
  assert.ok(v.safeParse(beaconSchema, beacon).success);
  for (const wrong of [
    {},
    { ...beacon, id: '<script>' },
    { ...beacon, stalls: -1 },
    { ...beacon, latencyMs: 1e12 },
    { ...beacon, more: 1 },
  ]) {
    assert.not.ok(v.safeParse(beaconSchema, wrong).success);
  }
});

test('held requests have a limit, and none outlives its time', () => {
  const heldRequests = new HeldRequests(2, 2);
  let settled = 0;
  const wait = {
    wait: 'a',
    holdMs: 100,
    retry: () => undefined,
    expired: () => refuse(503, 'late'),
  };
  const hold = () =>
    heldRequests.hold(wait, 'a', 0, () => {
      settled += 1;
    });
  assert.ok(hold() && hold());
  assert.is(hold(), undefined);
  heldRequests.sweep(99);
  assert.is(settled, 0);
  heldRequests.sweep(100);
  assert.equal([settled, heldRequests.count], [2, 0]);
});

test('one address cannot hold what others need', () => {
  const heldRequests = new HeldRequests(10, 2);
  const wait = {
    wait: 'a',
    holdMs: 100,
    retry: () => undefined,
    expired: () => refuse(503, 'late'),
  };
  const hold = (address: string) => heldRequests.hold(wait, address, 0, () => undefined);
  const [first] = [hold('a'), hold('a')];
  assert.is(hold('a'), undefined);
  assert.ok(hold('b'));
  first?.();
  assert.ok(hold('a'));
});

test.run();
