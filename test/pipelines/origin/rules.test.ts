/** The 42 rules of an LL-HLS origin, one test each, against the origin fed by a driven capture. */
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { type Feed, openFeed } from '../../support/feed.ts';
import { checkSeries, readPlaylist, type SeenPlaylist } from '../../support/rules.ts';

const test = suite('LL-HLS rules');
const IDS = ['high', 'low', 'audio'] as const;
const HIGH = '/live/high/index.m3u8';

function ran(seconds: number, options?: Parameters<typeof openFeed>[0]): Feed {
  const feed = openFeed(options);
  feed.run(seconds);
  return feed;
}

/** A stream that lived through an outage, seen by a client that looks five times a second. */
function watched(): readonly SeenPlaylist[] {
  const feed = openFeed();
  const seen: SeenPlaylist[] = [];
  const look = (seconds: number, step: (s: number) => void) => {
    for (let s = 0; s < seconds; s += 0.2) {
      step(0.2);
      for (const renditionId of IDS) {
        seen.push({
          renditionId,
          text: feed.text(`/live/${renditionId}/index.m3u8`),
          atMs: feed.nowUs() / 1000,
        });
      }
    }
  };
  feed.start();
  feed.run(0.5);
  look(30, feed.run);
  feed.die();
  look(4.1, feed.idle);
  feed.start();
  feed.run(0.5);
  look(30, feed.run);
  return seen;
}

const SERIES = watched();

function breaches(rule: number): readonly string[] {
  return checkSeries(SERIES).filter((line) => new RegExp(`^rules? (\\d+, )*${rule}\\b`).test(line));
}

function reply(feed: Feed, path: string, headers?: Readonly<Record<string, string>>): Reply {
  const answer = feed.get(path, headers);
  if ('wait' in answer) throw new Error(`${path} waits`);
  return answer;
}

function header({ headers }: Reply, name: string): string | undefined {
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}

function edge(feed: Feed, id: string = 'high') {
  const at = feed.presentation
    .tracks()
    .find((track) => track.id === id)
    ?.window.edge();
  if (at === undefined) throw new Error('nothing is there yet');
  return at;
}

function status(feed: Feed, query: string): number | 'wait' {
  const answer = feed.get(`${HIGH}?${query}`);
  return 'wait' in answer ? 'wait' : answer.status;
}

test('rule 1: PART-INF and PART-HOLD-BACK are there, and the hold-back is three part targets', () => {
  assert.equal(breaches(1), []);
  const playlist = readPlaylist(ran(3).text(HIGH));
  assert.is(playlist.attribute('EXT-X-PART-INF', 'PART-TARGET'), '0.2');
  assert.is(playlist.attribute('EXT-X-SERVER-CONTROL', 'PART-HOLD-BACK'), '0.6');
});

test('rule 2: no part is longer than PART-TARGET', () => {
  assert.equal(breaches(2), []);
});

test('rule 3: no part is shorter than 85 % of PART-TARGET, but for the last, gaps and independent ones', () => {
  assert.equal(breaches(3), []);
  const parts =
    readPlaylist(ran(5, { partMs: 100 }).text('/live/audio/index.m3u8')).segments[3]?.parts ?? [];
  assert.ok(parts.slice(0, -1).every(({ durationS }) => durationS >= 0.085));
});

test('rule 4: TARGETDURATION, PART-TARGET and the hold-backs never change', () => {
  assert.equal(breaches(4), []);
});

test('rule 5: EXTINF rounds to no more than TARGETDURATION', () => {
  assert.equal(breaches(5), []);
});

test('rule 6: the parts of a segment are its bytes and its duration', () => {
  assert.equal(breaches(6), []);
  const feed = ran(5);
  const { msn } = edge(feed);
  const whole = Buffer.concat(reply(feed, `/live/high/${msn - 1}.m4s`).body);
  const parts = [0, 1, 2, 3, 4].flatMap(
    (part) => reply(feed, `/live/high/${msn - 1}.${part}.m4s`).body,
  );
  assert.ok(whole.equals(Buffer.concat(parts)));
});

test('rule 7: HOLD-BACK is three and CAN-SKIP-UNTIL six target durations', () => {
  assert.equal(breaches(7), []);
});

test('rule 8: each part with an IDR says INDEPENDENT, and every segment holds one', () => {
  assert.equal(breaches(8), []);
  const { segments } = readPlaylist(ran(5).text(HIGH));
  for (const { parts } of segments.filter((segment) => segment.parts.length > 0)) {
    assert.is(parts[0]?.isIndependent, true);
    assert.ok(parts.slice(1).every(({ isIndependent }) => !isIndependent));
  }
});

test('rule 9: MAP, DISCONTINUITY and PROGRAM-DATE-TIME come before the first PART', () => {
  assert.equal(breaches(9), []);
});

test('rule 10: every playlist has PROGRAM-DATE-TIME, and renditions agree on it', () => {
  assert.equal(breaches(10), []);
});

test('rule 11: one hint names the next part, and the MAP that is coming with it', () => {
  assert.equal(breaches(11), []);
  const feed = ran(2.53);
  const { msn, part } = edge(feed);
  assert.match(feed.text(HIGH), `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${msn}.${part + 1}.m4s"`);
  feed.presentation.end(feed.nowUs());
  assert.not.match(feed.text(HIGH), 'PRELOAD-HINT');
});

test('rule 12: one RENDITION-REPORT for each other rendition, relative, with LAST-MSN and LAST-PART', () => {
  const feed = ran(4);
  const reports = [...feed.text(HIGH).matchAll(/#EXT-X-RENDITION-REPORT:.*/g)].map(String);
  assert.is(reports.length, 2);
  const { msn, part } = edge(feed, 'low');
  assert.ok(
    reports.includes(
      `#EXT-X-RENDITION-REPORT:URI="../low/index.m3u8",LAST-MSN=${msn},LAST-PART=${part}`,
    ),
  );
});

test('rule 13: SERVER-CONTROL and TARGETDURATION are the same in all playlists', () => {
  assert.equal(breaches(13), []);
});

test('rule 14: VERSION is 6, 9 with SKIP, 10 where date ranges are skipped', () => {
  assert.equal(breaches(14), []);
  const feed = ran(20);
  const version = (query: string) => readPlaylist(feed.text(HIGH + query)).value('EXT-X-VERSION');
  assert.equal(
    [version(''), version('?_HLS_skip=YES'), version('?_HLS_skip=v2')],
    ['6', '9', '10'],
  );
});

test('rule 15: the multivariant playlist tells codecs, size, rate and independence', () => {
  const text = ran(2).text('/live/index.m3u8?profile=laptop');
  assert.match(text, '#EXT-X-INDEPENDENT-SEGMENTS');
  const variants = text.match(/#EXT-X-STREAM-INF:.*/g) ?? [];
  assert.is(variants.length, 3);
  for (const variant of variants.slice(0, 2)) {
    assert.match(variant, /CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"/);
    for (const name of [
      'RESOLUTION=640x360',
      'FRAME-RATE=30.000',
      'BANDWIDTH=',
      'AVERAGE-BANDWIDTH=',
    ]) {
      assert.match(variant, name);
    }
  }
});

test('rule 16: sequence numbers only grow, what was listed stays as it was, no PLAYLIST-TYPE', () => {
  assert.equal(breaches(16), []);
});

test('rule 17: the window holds three target durations; old parts are not listed, but still here', () => {
  assert.equal(breaches(17), []);
  const feed = ran(10);
  const { segments } = readPlaylist(feed.text(HIGH));
  assert.ok(segments.length >= 3);
  const old = segments.find(({ parts }) => parts.length === 0);
  assert.is(reply(feed, `/live/high/${(old?.msn ?? 0) + 1}.0.m4s`).status, 200);
});

test('rule 18: a segment that left the list stays for its duration and the longest list', () => {
  const feed = ran(8, { windowS: 6 });
  const first = readPlaylist(feed.text(HIGH)).segments[0]?.msn ?? 0;
  feed.run(6.5);
  assert.ok((readPlaylist(feed.text(HIGH)).segments[0]?.msn ?? 0) > first);
  assert.is(reply(feed, `/live/high/${first}.m4s`).status, 200);
  feed.run(10);
  assert.is(reply(feed, `/live/high/${first}.m4s`).status, 404, 'and no longer: memory is bounded');
});

test('rule 19: a part is published within a part target, a segment within 1.5 target durations', () => {
  const feed = ran(3);
  let lastMs = feed.nowUs() / 1000;
  let last = feed.text(HIGH);
  for (let i = 0; i < 400; i += 1) {
    feed.run(0.01);
    const text = feed.text(HIGH);
    if (text === last) continue;
    assert.ok(feed.nowUs() / 1000 - lastMs <= 215);
    [last, lastMs] = [text, feed.nowUs() / 1000];
  }
});

test('rule 20: lost media is GAP on parts and segments, and what follows has a DISCONTINUITY and a date', () => {
  assert.equal(breaches(20), []);
  const feed = ran(3);
  feed.die();
  feed.idle(2.5);
  const lost = feed.text(HIGH);
  assert.match(lost, /#EXT-X-GAP\n#EXTINF:1,/);
  assert.match(lost, /#EXT-X-PART:DURATION=0\.2,URI="[\d.]+m4s",GAP=YES/);
  feed.start();
  feed.run(2);
  assert.match(feed.text(HIGH), /#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:.*\n/);
});

test('rule 21: date ranges are the same everywhere, never reused, and leave with their segments', () => {
  const feed = ran(3, { windowS: 8 });
  const ids = new Set<string>();
  for (let i = 0; i < 3; i += 1) {
    feed.die();
    feed.idle(1);
    feed.start();
    feed.run(2);
    const ranges = IDS.map((id) =>
      feed
        .text(`/live/${id}/index.m3u8`)
        .match(/#EXT-X-DATERANGE:.*/g)
        ?.join(),
    );
    assert.is(new Set(ranges).size, 1);
    for (const [, id] of (ranges[0] ?? '').matchAll(/ID="([^"]+)"/g)) ids.add(id as string);
  }
  assert.is(ids.size, 3);
  feed.run(9);
  assert.not.match(feed.text(HIGH), '#EXT-X-DATERANGE');
});

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

test('rule 28: a stale _HLS_msn gets the whole playlist', () => {
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

test('rule 30: v2 tells which date ranges have left', () => {
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

test('rule 31: a directive that is no number is 400, with a line that says so', () => {
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

test('rule 32: parts are whole moof+mdat with tfdt, the init section is ftyp and an empty moov with mvex', () => {
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

test('rule 33: a hinted part that is asked for early is held until it is whole', () => {
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

test('rule 34: an unknown part, or a hint that was not kept, is 404', () => {
  const feed = ran(3.3);
  const { msn, part } = edge(feed);
  assert.is(reply(feed, `/live/high/${msn}.${part + 2}.m4s`).status, 404);
  assert.is(reply(feed, '/live/high/1.m4s').status, 404);
  feed.die();
  const cut = edge(feed);
  const hinted = feed.get(`/live/high/${cut.msn}.${cut.part + 1}.m4s`);
  feed.idle(1);
  if (!('wait' in hinted)) throw new Error('it was not held');
  assert.is(hinted.retry()?.status, 404);
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

test('rule 39: caches may keep playlists and media as long as appendix B says', () => {
  const feed = ran(3);
  const { msn, part } = edge(feed);
  const cache = (path: string) => header(reply(feed, path), 'cache-control');
  assert.is(cache(`${HIGH}?_HLS_msn=${msn}&_HLS_part=${part}`), 'max-age=6');
  assert.is(cache(`${HIGH}?_HLS_msn=x`), 'max-age=4');
  // Half a second is no whole second.
  assert.is(cache(HIGH), 'max-age=0, stale-while-revalidate=1, stale-if-error=6');
  assert.is(cache(`/live/high/${msn - 1}.m4s`), 'max-age=6, stale-if-error=6');
  assert.is(cache('/live/high/1.m4s'), 'max-age=1');
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
  for (const path of [
    HIGH,
    '/live/index.m3u8',
    `/live/high/${init}`,
    `/live/high/${msn - 1}.0.m4s`,
    '/live/high/1.m4s',
    `${HIGH}?_HLS_part=1`,
  ]) {
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
