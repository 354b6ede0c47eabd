/** The rules of an LL-HLS origin for playlists, the first 21 of 42, one test each. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkSeries, readPlaylist } from '../../support/rules.ts';
import { edge, ran, reply, watched } from './support/watched.ts';

const test = suite('LL-HLS rules');

const IDS = ['high', 'low', 'audio'] as const;
const HIGH = '/live/high/index.m3u8';
const SERIES = watched();

function breaches(rule: number): readonly string[] {
  return checkSeries(SERIES).filter((line) => new RegExp(`^rules? (\\d+, )*${rule}\\b`).test(line));
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

test('rule 8: each part with an IDR has INDEPENDENT, and every segment has one', () => {
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

test('rule 12: one RENDITION-REPORT for each other rendition, relative, with what differs', () => {
  const reportsIn = (text: string) =>
    [...text.matchAll(/#EXT-X-RENDITION-REPORT:.*/g)].map(String).sort();
  let [same, others] = [0, 0];
  for (let i = 0; i < 12; i += 1) {
    // Sound and picture publish at other times.
    const feed = ran(3 + i / 13);
    const expected = ['audio', 'low'].map((id) => {
      const [own, { msn, part }] = [edge(feed), edge(feed, id)];
      const isSame = own.msn === msn && own.part === part;
      if (isSame) same += 1;
      else others += 1;
      return `#EXT-X-RENDITION-REPORT:URI="../${id}/index.m3u8"${isSame ? '' : `,LAST-MSN=${msn},LAST-PART=${part}`}`;
    });
    assert.equal(reportsIn(feed.text(HIGH)), expected);
  }
  assert.ok(same > 0 && others > 0, `${same} the same, ${others} not`);
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

test('rule 15: the multivariant playlist has codecs, size, rate and independence', () => {
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

test.run();
