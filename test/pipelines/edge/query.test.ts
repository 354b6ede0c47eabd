/** Queries that reach the upstream. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { urlOf } from '../../../pipelines/edge/cache-key.ts';
import { readQuery } from '../../../pipelines/edge/query.ts';

const test = suite('query at an edge');

const TRACK = '/live/high/index.m3u8';
const MAIN = '/live/index.m3u8';

/** What is asked for upstream, or why nothing is. */
function read(pathAndQuery: string): string {
  const [path = '', query] = pathAndQuery.split('?', 2);
  const asked = { path, query: new URLSearchParams(query), header: () => undefined };
  const found = readQuery(asked);
  return 'refusal' in found ? `400 ${found.refusal}` : urlOf(found);
}

test('one thing has one spelling', () => {
  const wanted = `${TRACK}?_HLS_msn=7&_HLS_part=0&_HLS_skip=YES`;
  assert.is(read(`${TRACK}?_HLS_skip=YES&_HLS_part=000&_HLS_msn=007&a=1`), wanted);
  assert.is(read(`${TRACK}?_HLS_msn=7&_HLS_msn=8&_HLS_part=0&_HLS_skip=YES&profile=phone`), wanted);
  assert.is(read(`${TRACK}?_HLS_skip=v2`), `${TRACK}?_HLS_skip=v2`);
  assert.is(read(`${MAIN}?profile=low-data&b`), `${MAIN}?profile=low-data`);
});

test('what means nothing for an address is no part of it', () => {
  for (const path of ['/live/high/123.4.m4s', '/live/high/init-a.mp4', '/posters/live-640']) {
    assert.is(read(`${path}?profile=phone&_HLS_msn=1&_HLS_part=x&_HLS_skip=YES`), path);
  }
  assert.is(read(`${TRACK}?profile=phone`), TRACK);
  assert.is(read(`${TRACK}?profile=nonsense`), TRACK);
  assert.is(read(`${TRACK}?_HLS_skip=yes`), TRACK);
});

test('an invalid directive is refused as the origin would', () => {
  for (const value of ['-1', '1.5', '1e3', '', '1234567890123456', '%F0%9F%98%80', ' 1']) {
    assert.match(read(`${TRACK}?_HLS_msn=${value}`), /^400 _HLS_msn is not a decimal number/);
    assert.match(read(`${TRACK}?_HLS_msn=1&_HLS_part=${value}`), /^400 _HLS_part is not/);
  }
  assert.match(read(`${TRACK}?_HLS_part=1`), /^400 _HLS_part requires _HLS_msn/);
});

test('a profile that no box has is refused, with those that there are', () => {
  for (const name of ['', 'tv', 'PHONE', 'constructor', `${'a'.repeat(31)}%F0%9F%98%80`]) {
    assert.is(
      read(`${MAIN}?profile=${name}`),
      '400 no profile of that name; there are: phone, laptop, low-data',
    );
  }
});

test('whatever a query holds, it is read, and read again it is the same', () => {
  const name = fc.oneof(
    fc.constantFrom('_HLS_msn', '_HLS_part', '_HLS_skip', 'profile'),
    fc.string(),
  );
  const value = fc.oneof(
    fc.nat().map(String),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('YES', 'v2', 'phone', '\ud83d'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.constantFrom(TRACK, MAIN), (pairs, path) => {
      const query = new URLSearchParams(pairs);
      const found = readQuery({ path, query, header: () => undefined });
      if ('refusal' in found) return;
      const url = urlOf(found);
      assert.match(url, /^[/\w.-]+(?:\?[\w=&-]{1,90})?$/);
      assert.is(read(url), url);
    }),
  );
});

test.run();
