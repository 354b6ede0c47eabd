/** Media playlists, tag by tag. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { type MediaPlaylist, renderMedia } from '../../../pipelines/hls/playlist.ts';
import type { Segment } from '../../../pipelines/hls/window.ts';

const test = suite('media playlist');

const EPOCH_MS = Date.UTC(2026, 10, 22, 20);

/** Of a second, with two parts. */
function segment(msn: number, more: Partial<Segment> = {}): Segment {
  const bytes = Buffer.from('m');
  return {
    msn,
    startUs: msn * 1e6,
    isDiscontinuity: false,
    initId: 'a',
    parts: [
      { durationS: 0.2, isIndependent: true, bytes },
      { durationS: 0.8, isIndependent: false, bytes },
    ],
    durationS: 1,
    isComplete: true,
    ...more,
  };
}

function playlist(segments: readonly Segment[], more: Partial<MediaPlaylist> = {}): MediaPlaylist {
  return {
    limits: limitsFor(200, 1000, 20),
    segments,
    discontinuitySequence: 3,
    epochMs: EPOCH_MS,
    isEnded: false,
    dateRanges: [],
    removedDateRangeIds: [],
    reports: [],
    edge: undefined,
    next: undefined,
    ...more,
  };
}

const range = (id: string, startUs: number, durationS: number) => ({
  id,
  class: 'lost',
  startUs,
  durationS,
});

const ten = (more: Partial<MediaPlaylist> = {}) =>
  playlist(
    Array.from({ length: 10 }, (_, i) => segment(100 + i)),
    more,
  );

const linesWith = (text: string, tag: string) =>
  text.split('\n').filter((line) => line.startsWith(tag));

test('all of a short one', () => {
  const open = { isComplete: false, durationS: 0.2, initId: 'b' };
  const [first] = segment(0).parts;
  const text = renderMedia(
    playlist([segment(7), segment(8, { ...open, parts: first === undefined ? [] : [first] })], {
      reports: [{ renditionId: 'low', msn: 8, part: 1 }],
      next: { msn: 8, part: 1 },
      dateRanges: [range('gap-1', 7_500_000, 0.25)],
    }),
  );
  assert.is(
    text,
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6,CAN-SKIP-DATERANGES=YES,HOLD-BACK=3,PART-HOLD-BACK=0.6
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-DATERANGE:ID="gap-1",CLASS="lost",START-DATE="2026-11-22T20:00:07.500Z",DURATION=0.25
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T20:00:07.000Z
#EXT-X-MAP:URI="init-a.mp4"
#EXT-X-PART:DURATION=0.2,URI="7.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.8,URI="7.1.m4s"
#EXTINF:1,
7.m4s
#EXT-X-MAP:URI="init-b.mp4"
#EXT-X-PART:DURATION=0.2,URI="8.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="8.1.m4s"
#EXT-X-RENDITION-REPORT:URI="../low/index.m3u8",LAST-MSN=8,LAST-PART=1
`,
  );
});

test('the last three target durations have their parts listed, older segments not', () => {
  const withParts = linesWith(renderMedia(ten()), '#EXT-X-PART:').map(
    (line) => /\d{3}/.exec(line)?.[0],
  );
  assert.equal([...new Set(withParts)], ['107', '108', '109']);
});

test('a date comes first and after each discontinuity, nowhere else', () => {
  const segments = [segment(0), segment(1), segment(2, { isDiscontinuity: true }), segment(3)];
  const text = renderMedia(playlist(segments));
  assert.equal(linesWith(text, '#EXT-X-PROGRAM-DATE-TIME'), [
    '#EXT-X-PROGRAM-DATE-TIME:2026-11-22T20:00:00.000Z',
    '#EXT-X-PROGRAM-DATE-TIME:2026-11-22T20:00:02.000Z',
  ]);
  assert.match(text, '1.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME');
});

test('a MAP comes where the init section changes; segments of lost media, which have none, change nothing', () => {
  const ids = [undefined, 'a', 'a', undefined, 'a', 'b', 'b'];
  const text = renderMedia(playlist(ids.map((initId, msn) => segment(msn, { initId }))));
  assert.equal(linesWith(text, '#EXT-X-MAP'), [
    '#EXT-X-MAP:URI="init-a.mp4"',
    '#EXT-X-MAP:URI="init-b.mp4"',
  ]);
  assert.match(text, '0.m4s\n#EXT-X-MAP:URI="init-a.mp4"');
  assert.match(text, '4.m4s\n#EXT-X-MAP:URI="init-b.mp4"');
});

test('a new init section is hinted before the first part of its segment is there', () => {
  const opened = (initId: string | undefined) =>
    renderMedia(
      playlist([segment(0), segment(1, { initId, parts: [], durationS: 0, isComplete: false })], {
        next: { msn: 1, part: 0 },
      }),
    );
  const part = '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1.0.m4s"';
  const map = '#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="init-b.mp4"';
  assert.equal(linesWith(opened('b'), '#EXT-X-PRELOAD-HINT'), [map, part]);
  assert.equal(linesWith(opened('a'), '#EXT-X-PRELOAD-HINT'), [part]);
  assert.equal(linesWith(opened(undefined), '#EXT-X-PRELOAD-HINT'), [part]);
  assert.not.match(opened('b'), '1.m4s\n');
});

test('lost media is a gap of its part and of its segment', () => {
  const lost = { durationS: 0.5, isIndependent: false, bytes: undefined };
  const text = renderMedia(playlist([segment(0, { parts: [lost] }), segment(1)]));
  assert.match(text, 'URI="0.0.m4s",GAP=YES\n#EXT-X-GAP\n#EXTINF:1,\n0.m4s');
  assert.is(linesWith(text, '#EXT-X-GAP').length, 1);
});

test('an ended one has ENDLIST, and neither hint nor reports', () => {
  const text = renderMedia(
    ten({ isEnded: true, reports: [{ renditionId: 'low', msn: 8, part: 1 }] }),
  );
  assert.ok(text.endsWith('109.m4s\n#EXT-X-ENDLIST\n'));
  assert.not.match(renderMedia(ten()), 'ENDLIST');
  assert.not.match(text, 'RENDITION-REPORT');
});

test('a delta update leaves out all that is six target durations old', () => {
  const text = renderMedia(ten(), 'YES');
  assert.match(text, '#EXT-X-VERSION:9\n');
  assert.equal(linesWith(text, '#EXT-X-SKIP'), ['#EXT-X-SKIP:SKIPPED-SEGMENTS=4']);
  assert.match(text, '#EXT-X-MEDIA-SEQUENCE:100\n');
  assert.not.match(text, '103.m4s');
  assert.match(text, '104.m4s');
  const withParts = linesWith(text, '#EXT-X-PART:').map((line) => /\d{3}/.exec(line)?.[0]);
  assert.equal([...new Set(withParts)], ['107', '108', '109']);
});

test('where nothing is old enough, a delta update is a complete playlist', () => {
  const short = playlist([segment(0), segment(1)], {
    dateRanges: [range('old', -9_000_000, 1)],
    removedDateRangeIds: ['gone'],
  });
  for (const skip of ['YES', 'v2'] as const) {
    assert.is(renderMedia(short, skip), renderMedia(short));
  }
  assert.match(renderMedia(short), '#EXT-X-VERSION:6\n');
});

test('a delta update skips date ranges for clients that know how', () => {
  const dateRanges = [
    range('before', 102_000_000, 1.999999),
    range('touches', 103_000_000, 1),
    range('after', 105_000_000, 1),
  ];
  const text = (removedDateRangeIds: readonly string[], skip: 'YES' | 'v2') =>
    renderMedia(ten({ dateRanges, removedDateRangeIds }), skip);
  const ids = (of: string) =>
    linesWith(of, '#EXT-X-DATERANGE').map((line) => /ID="(\w+)"/.exec(line)?.[1]);
  assert.equal(ids(text([], 'v2')), ['touches', 'after']);
  assert.equal(ids(text([], 'YES')), ['before', 'touches', 'after']);
  assert.match(text([], 'v2'), '#EXT-X-VERSION:10\n');
  const skipOf = (of: string) => linesWith(of, '#EXT-X-SKIP').join();
  assert.is(skipOf(text([], 'v2')), '#EXT-X-SKIP:SKIPPED-SEGMENTS=4');
  assert.is(
    skipOf(text(['x', 'y'], 'v2')),
    '#EXT-X-SKIP:SKIPPED-SEGMENTS=4,RECENTLY-REMOVED-DATERANGES="x\ty"',
  );
  assert.is(skipOf(text(['x', 'y'], 'YES')), '#EXT-X-SKIP:SKIPPED-SEGMENTS=4');
});

test('times are written with five decimal places at most', () => {
  const text = renderMedia(playlist([segment(0, { durationS: 1024 / 48_000 })]));
  assert.match(text, '#EXTINF:0.02133,');
});

test.run();
