/** The rules of an LL-HLS origin for requests and answers, from the 22nd on. */
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { readPlaylist } from '../../support/rules.ts';
import { edge, ran, reply, status, watched } from './support/watched.ts';

const test = suite('LL-HLS rules of requests');

const HIGH = '/live/high/index.m3u8';
const SERIES = watched();

function header({ headers }: Reply, name: string): string | undefined {
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}

test('rule 22: _HLS_msn alone holds until that segment is complete', () => {
  const feed = ran(3.3);
  const { msn } = edge(feed);
  assert.is(status(feed, `_HLS_msn=${msn}`), 'wait');
  feed.run(0.9);
  assert.is(status(feed, `_HLS_msn=${msn}`), 200);
});

test('rule 23: _HLS_part holds until that part; past the last part means part 0 of the next segment', () => {
  const feed = ran(3.3);
  const { msn, part } = edge(feed);
  assert.is(status(feed, `_HLS_msn=${msn}&_HLS_part=${part}`), 200);
  assert.is(status(feed, `_HLS_msn=${msn}&_HLS_part=${part + 1}`), 'wait');
  assert.is(status(feed, `_HLS_msn=${msn}&_HLS_part=9`), 'wait');
  feed.run(0.4);
  feed.run((5 - edge(feed).part - 1) * 0.2 + 0.02);
  assert.is(
    status(feed, `_HLS_msn=${msn}&_HLS_part=9`),
    'wait',
    'the segment is complete, the next has no part',
  );
  feed.run(0.25);
  assert.is(status(feed, `_HLS_msn=${msn}&_HLS_part=9`), 200);
});

test('rule 24: _HLS_part without _HLS_msn is 400', () => {
  assert.is(status(ran(3), '_HLS_part=1'), 400);
});

test('rule 25: more than two segments past the last is 400 at once', () => {
  const feed = ran(3.3);
  const { msn } = edge(feed);
  assert.is(status(feed, `_HLS_msn=${msn + 3}`), 400);
  assert.is(status(feed, `_HLS_msn=${msn + 2}`), 'wait');
});

test('rule 26: a part beyond the advance part limit is 400', () => {
  const feed = ran(3.3);
  const { msn, part } = edge(feed);
  assert.is(status(feed, `_HLS_msn=${msn}&_HLS_part=${part + 16}`), 400);
  assert.is(status(feed, `_HLS_msn=${msn}&_HLS_part=${part + 15}`), 'wait');
});

test('rule 27: what was held for three target durations is 503', () => {
  const feed = ran(3.3);
  const answer = feed.get(`${HIGH}?_HLS_msn=${edge(feed).msn + 2}`);
  if (!('wait' in answer)) throw new Error('it did not wait');
  assert.is(answer.holdMs, 3000);
  assert.is(answer.expired().status, 503);
});

test('rule 28: a stale _HLS_msn gets the complete playlist', () => {
  const feed = ran(60);
  const answer = reply(feed, `${HIGH}?_HLS_msn=1001`);
  assert.is(answer.status, 200);
  assert.is(Buffer.concat(answer.body).toString(), feed.text(HIGH));
});

test('rule 29: after ENDLIST all directives are ignored', () => {
  const feed = ran(3);
  feed.presentation.end(feed.nowUs());
  for (const query of ['_HLS_msn=9999999', '_HLS_part=1', '_HLS_msn=x', '_HLS_skip=YES']) {
    const answer = reply(feed, `${HIGH}?${query}`);
    assert.is(answer.status, 200);
    assert.match(Buffer.concat(answer.body).toString(), '#EXT-X-ENDLIST');
  }
});

test('rule 30: _HLS_skip skips nothing younger than the boundary, and only where there is something', () => {
  const feed = ran(20);
  const full = readPlaylist(feed.text(HIGH));
  const delta = feed.text(`${HIGH}?_HLS_skip=YES`);
  assert.is(delta.match(/#EXT-X-SKIP/g)?.length, 1);
  const skipped = Number(readPlaylist(delta).attribute('EXT-X-SKIP', 'SKIPPED-SEGMENTS'));
  const keptS = full.segments
    .slice(skipped)
    .reduce(
      (sum, { durationS, parts, uri }) =>
        sum + (uri ? durationS : parts.reduce((s, p) => s + p.durationS, 0)),
      0,
    );
  assert.ok(keptS >= 6 && keptS < 7.01, `${keptS} s are kept`);
  assert.equal(
    readPlaylist(delta).segments.map(({ msn }) => msn),
    full.segments.slice(skipped).map(({ msn }) => msn),
  );
  assert.not.match(ran(4).text(`${HIGH}?_HLS_skip=YES`), '#EXT-X-SKIP');
  assert.not.match(feed.text(`${HIGH}?_HLS_skip=maybe`), '#EXT-X-SKIP');
});

test('rule 30: v2 lists the date ranges that have left', () => {
  const feed = ran(3, { windowS: 12 });
  feed.die();
  feed.idle(1);
  feed.start();
  feed.run(14);
  assert.match(
    feed.text(`${HIGH}?_HLS_skip=v2`),
    /#EXT-X-SKIP:.*RECENTLY-REMOVED-DATERANGES="outage-[\w-]+"/,
  );
});

test('rule 31: a directive that is not a number is 400, with a line that says so', () => {
  const feed = ran(3);
  for (const query of [
    '_HLS_msn=x',
    '_HLS_msn=-1',
    '_HLS_msn=1.5',
    '_HLS_msn=',
    '_HLS_msn=1&_HLS_part=1e3',
    '_HLS_msn=99999999999999999999',
  ]) {
    const answer = reply(feed, `${HIGH}?${query}`);
    assert.is(answer.status, 400, query);
    assert.match(Buffer.concat(answer.body).toString(), /^_HLS_\w+ is not a decimal number/);
  }
});

test('rule 32: parts are complete moof+mdat with tfdt, the init section is ftyp and an empty moov with mvex', () => {
  const feed = ran(3);
  const { msn } = edge(feed);
  const part = Buffer.concat(reply(feed, `/live/high/${msn - 1}.0.m4s`).body);
  assert.equal(boxes(part), ['moof', 'mdat']);
  assert.ok(part.includes('tfdt'));
  const init = /EXT-X-MAP:URI="([^"]+)"/.exec(feed.text(HIGH))?.[1];
  const bytes = Buffer.concat(reply(feed, `/live/high/${init}`).body);
  assert.equal(boxes(bytes), ['ftyp', 'moov']);
  assert.is(bytes.toString('latin1', 8, 12), 'iso6');
  assert.ok(bytes.includes('mvex'));
});

test('rule 33: a hinted part that is requested early is held until it is complete', () => {
  const feed = ran(3.3);
  const { msn, part } = edge(feed);
  const early = feed.get(`/live/high/${msn}.${part + 1}.m4s`);
  if (!('wait' in early)) throw new Error('it was not held');
  assert.is(early.retry(), undefined);
  feed.run(0.2);
  const answer = early.retry();
  assert.is(answer?.status, 200);
  assert.equal(boxes(Buffer.concat(answer?.body ?? [])), ['moof', 'mdat']);
});

test('rule 34: an unknown part is 404; a hint whose media was lost gets what there is, which is nothing', () => {
  const feed = ran(3.3);
  const { msn, part } = edge(feed);
  assert.is(reply(feed, `/live/high/${msn}.${part + 2}.m4s`).status, 404);
  assert.is(reply(feed, '/live/high/1.m4s').status, 404);
  feed.die();
  const cut = edge(feed);
  const hinted = feed.get(`/live/high/${cut.msn}.${cut.part + 1}.m4s`);
  feed.idle(1);
  if (!('wait' in hinted)) throw new Error('it was not held');
  const lost = hinted.retry();
  assert.is(lost?.status, 200);
  assert.is(header(lost ?? reply(feed, HIGH), 'content-length'), '0');
  feed.idle(2);
  assert.match(feed.text(HIGH), '#EXT-X-GAP');
  assert.is(
    reply(feed, `/live/high/${cut.msn}.m4s`).status,
    200,
    'a segment has what was not lost',
  );
});

test('rule 35: no BYTERANGE is used, so no range has to be served', () => {
  for (const { text } of SERIES) assert.not.match(text, 'BYTERANGE');
});

test('rule 36: playlists are more urgent than media, and a lower rendition than a higher one', () => {
  const feed = ran(3);
  const { msn } = edge(feed);
  const urgency = (path: string) => reply(feed, path).urgency;
  assert.is(urgency(HIGH), 1);
  const media = ['audio', 'low', 'high'].map((id) => urgency(`/live/${id}/${msn - 1}.0.m4s`));
  assert.equal(media, [2, 3, 4]);
});

test('rule 37: playlists are gzipped when asked for, and gzip;q=0 is a no', () => {
  const feed = ran(3);
  const zipped = reply(feed, HIGH, { 'accept-encoding': 'br, gzip' });
  assert.is(header(zipped, 'content-encoding'), 'gzip');
  assert.is(gunzipSync(Buffer.concat(zipped.body)).toString(), feed.text(HIGH));
  for (const encoding of ['gzip;q=0', 'identity', '*;q=0', 'gzip;q=0, *']) {
    const plain = reply(feed, HIGH, { 'accept-encoding': encoding });
    assert.is(header(plain, 'content-encoding'), undefined, encoding);
  }
  assert.is(header(zipped, 'vary'), 'Accept-Encoding');
});

test('rule 38: renditions stay in step within one part target', () => {
  const feed = ran(3);
  for (let i = 0; i < 100; i += 1) {
    feed.run(0.037);
    const ends = feed.presentation.tracks().map(({ window }) => {
      const segment = window.listed().findLast(({ parts }) => parts.length > 0);
      return (segment?.startUs ?? 0) / 1e6 + (segment?.durationS ?? 0);
    });
    assert.ok(Math.max(...ends) - Math.min(...ends) <= 0.2 + 1e-6, `${ends}`);
  }
});

test('rule 39: caches may use playlists and media as long as appendix B says', () => {
  const feed = ran(3);
  const { msn, part } = edge(feed);
  const cache = (path: string) => header(reply(feed, path), 'cache-control');
  assert.is(cache(`${HIGH}?_HLS_msn=${msn}&_HLS_part=${part}`), 'max-age=6');
  assert.is(cache(`${HIGH}?_HLS_msn=x`), 'max-age=4');
  // Half a second is no whole second.
  assert.is(cache(HIGH), 'max-age=0, stale-while-revalidate=1, stale-if-error=6');
  assert.is(cache(`/live/high/${msn - 1}.m4s`), 'max-age=6, stale-if-error=6');
});

test('a 404 is never cacheable: what was requested too early is published in a moment', () => {
  const feed = ran(3.3);
  const { msn, part } = edge(feed);
  const missing = [
    `${msn + 3}.m4s`,
    `${msn}.m4s`,
    `${msn}.${part + 2}.m4s`,
    `${msn + 1}.0.m4s`,
    '1.m4s',
    'init-none.mp4',
  ];
  for (const name of missing) {
    const answer = reply(feed, `/live/high/${name}`);
    assert.is(answer.status, 404, name);
    assert.is(header(answer, 'cache-control'), 'no-store', name);
  }
  assert.is(header(reply(feed, '/live/none/1.m4s'), 'cache-control'), 'no-store');
  const held = feed.get(`/live/high/${msn}.${part + 1}.m4s`);
  const late = 'wait' in held ? held.expired() : held;
  assert.is(header(late, 'cache-control'), 'no-store', 'a hint that did not come true');
});

test('rule 40: the same request gets the same answer, and no URL or answer carries a cookie', () => {
  const feed = ran(3);
  const { msn, part } = edge(feed);
  const path = `${HIGH}?_HLS_msn=${msn}&_HLS_part=${part}`;
  assert.equal(reply(feed, path), reply(feed, path, { cookie: 'a=b' }));
  assert.is(header(reply(feed, path), 'set-cookie'), undefined);
});

test('rule 41: key frames are a second apart and at the same time in all renditions', () => {
  const feed = ran(8);
  const starts = ['high', 'low'].map((id) =>
    feed.presentation
      .tracks()
      .find((track) => track.id === id)
      ?.window.listed()
      .map(({ startUs }) => Math.round(startUs)),
  );
  assert.equal(starts[0], starts[1]);
  for (const [i, startUs] of (starts[0] ?? []).entries()) {
    const before = starts[0]?.[i - 1];
    if (before !== undefined) assert.is(startUs - before, 1_000_000);
  }
});

test('rule 42: CORS stands on playlists, init sections, parts and errors', () => {
  const feed = ran(3);
  const { msn } = edge(feed);
  const init = /EXT-X-MAP:URI="([^"]+)"/.exec(feed.text(HIGH))?.[1];
  const media = [`/live/high/${init}`, `/live/high/${msn - 1}.0.m4s`, '/live/high/1.m4s'];
  for (const path of [HIGH, '/live/index.m3u8', ...media, `${HIGH}?_HLS_part=1`]) {
    assert.is(header(reply(feed, path), 'access-control-allow-origin'), '*', path);
  }
});

function boxes(bytes: Buffer): readonly string[] {
  const types: string[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return types;
}

test.run();
