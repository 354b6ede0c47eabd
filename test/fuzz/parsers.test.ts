/** Every parser that a stranger, a line or a disk reaches takes any damage to what is valid. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { parseRequest as parseControl } from '../../daemon/cli/control/protocol.ts';
import { ConfigError, parseConfig } from '../../daemon/config/file.ts';
import { parseSavedDrop } from '../../daemon/drop/saved-drop.ts';
import { parseRequest as parseCommand } from '../../daemon/mqtt/request.ts';
import { isOwnHost, isOwnPage, readCookie } from '../../daemon/web/guard.ts';
import { AT_QUERIES, cutLines, finalOf, modemStateOfAt } from '../../hal/modem/at-parse.ts';
import { findStatusByte, parseStatus } from '../../hal/printer/status.ts';
import { parseSrtla, renderSrtla, SRTLA_ID_BYTES } from '../../pipelines/bond/wire/packet.ts';
import { parseNak, readLatencyMs, renderNak } from '../../pipelines/bond/wire/srt.ts';
import { lifetimeOf } from '../../pipelines/edge/freshness.ts';
import { findUnsupported } from '../../pipelines/edge/unsupported.ts';
import { openUrlMap } from '../../pipelines/edge/url-map.ts';
import { parseCaps, parseSegment } from '../../pipelines/gdp/caps.ts';
import { GdpParser, renderGdp } from '../../pipelines/gdp/parse.ts';
import { parseDirectives } from '../../pipelines/hls/directives.ts';
import { forwardedFor, openTrustedProxies } from '../../pipelines/http/clients/trusted-proxies.ts';
import { parseRange } from '../../pipelines/http/range.ts';
import { readFragment } from '../../pipelines/mp4/fragment.ts';
import { readInits } from '../../pipelines/mp4/init.ts';
import { beaconSchema } from '../../pipelines/origin/viewers.ts';
import { renderInit } from '../../pipelines/packager/cmaf.ts';
import { parseMedia, parseMultivariant } from '../../pipelines/player/playback/playlist.ts';
import { parseJournal, renderRecord } from '../../pipelines/recording/files/journal.ts';
import { handshake } from '../pipelines/bond/support/simulated-srt.ts';
import { AUDIO_CAPS, VIDEO_CAPS } from '../support/feed.ts';
import { fuzzBytes, fuzzTexts, jsonOf, type Parsers } from './fuzz.ts';

const test = suite('damaged input');

const MEDIA = `#EXTM3U
#EXT-X-TARGETDURATION:1
#EXT-X-VERSION:9
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-05-01T20:00:00.000Z
#EXTINF:1.00000,
10.m4s
#EXT-X-PART:DURATION=0.2,URI="11.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="11.1.m4s"
#EXT-X-RENDITION-REPORT:URI="../audio/index.m3u8",LAST-MSN=11,LAST-PART=0
`;
const MULTIVARIANT = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Main",DEFAULT=YES,URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2400000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,AUDIO="a"
high/index.m3u8
`;
const BEACON =
  '{"id":"abcdefgh","latencyMs":340,"stallMs":0,"stalls":0,"rendition":"high","hearts":1}';
const COMMAND = '{"id":"a1","ts":"2026-05-01T20:00:00Z","args":{"label":"encore"}}';
const AT = '\r\n+CEREG: 2,1,"00A1","01B2C3",7\r\n\r\n+CESQ: 99,99,255,255,20,40\r\nOK\r\n';

const trusted = openTrustedProxies(['10.0.0.0/8', '::1']);
const target = openUrlMap(new URL('http://10.0.0.5:8080'));
const NAMES = new Set(['localhost', 'venuebox.local']);

const TEXTS: Parsers<string> = {
  'HLS directives': [
    ['_HLS_msn=12&_HLS_part=3&_HLS_skip=YES', '_HLS_skip=v2'],
    (text) => parseDirectives(new URLSearchParams(text)),
  ],
  Range: [
    ['bytes=0-99', 'bytes=-5', 'bytes=7-', 'bytes=1-2,4-5'],
    (text) => parseRange(text, 1_000),
  ],
  'X-Forwarded-For': [
    ['1.2.3.4, 10.0.0.1', '::ffff:1.2.3.4', 'fe80::1%eth0'],
    (text) => forwardedFor(text, trusted),
  ],
  beacon: [[BEACON], (text) => v.safeParse(beaconSchema, jsonOf(text))],
  'MQTT command': [
    [COMMAND, '{"id":"b","args":{"on":true}}'],
    (text) =>
      parseCommand(
        { topic: 'venuebox/v1/a/cmd/mark', payload: Buffer.from(text), isRetained: false },
        'venuebox/v1/a',
        0,
      ),
  ],
  'control socket': [
    ['{"ask":"status"}', '{"ask":"cmd","verb":"mark","args":{"label":"encore"}}'],
    parseControl,
  ],
  cookies: [['venuebox-8081=abc; other=1'], (text) => readCookie(text, 'venuebox-8081')],
  Host: [['localhost:8081', '[::1]:80', 'venuebox.local.'], (text) => isOwnHost(text, NAMES)],
  Origin: [['http://localhost:8081', 'null'], (text) => isOwnPage(() => text)],
  'upstream playlist': [[MEDIA, MULTIVARIANT], findUnsupported],
  'playlist in the page': [
    [MEDIA, MULTIVARIANT],
    (text) => [parseMedia(text), parseMultivariant(text)],
  ],
  'Cache-Control': [
    ['max-age=2, s-maxage=1, stale-if-error=30', 'no-store'],
    (text) => lifetimeOf(text, text),
  ],
  'address for an upstream': [['/live/high/10.m4s?_HLS_msn=1', '/drop.json'], target],
  'AT answers': [
    [AT, '+CPIN: SIM PIN\r\nOK\r\n', '+COPS: 0,0,"Carrier",7\r\n', '867322040000001\r\nOK\r\n'],
    (text) => {
      const { lines } = cutLines(text);
      for (const line of lines) finalOf(line);
      return modemStateOfAt(Object.fromEntries(AT_QUERIES.map((one) => [one, lines])), 'port');
    },
  ],
  'caps of GStreamer': [[VIDEO_CAPS, AUDIO_CAPS], (text) => [parseCaps(text), parseSegment(text)]],
  'saved drop': [
    ['{"v":1,"live":{"dropId":"a","sinceMs":1},"lastDropId":null,"aliveMs":1}'],
    parseSavedDrop,
  ],
  config: [['viewers: {port: 8080}\ncamera:\n  driver: test\n', 'a: &x [1]\nb: *x\n'], readConfig],
};

function readConfig(text: string): unknown {
  try {
    return parseConfig('box.yaml', text, []);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const ID = Buffer.alloc(SRTLA_ID_BYTES, 5);
const VIDEO = parseCaps(VIDEO_CAPS);
const JOURNAL = Buffer.from(
  renderRecord({
    ...{ type: 'open', version: 1, epochMs: 1, baseUs: 5_000_000, headerBytes: 1_200 },
    ...{ tracks: [{ trackId: 'high', kind: 'video', timescale: 90_000 }], isWhole: true },
  }) + renderRecord({ type: 'end', reason: 'stopped', bytes: 1_200, isComplete: true }),
);
const GDP = [
  renderGdp({ kind: 'caps', caps: VIDEO_CAPS }),
  renderGdp({
    ...{ kind: 'buffer', ptsNs: 1n, dtsNs: undefined, durationNs: 5n, isKeyframe: true },
    ...{ isDiscont: false, isHeader: false, data: Buffer.alloc(20, 1) },
  }),
];

const BYTES: Parsers<Buffer> = {
  SRTLA: [
    [renderSrtla({ kind: 'reg1', id: ID }), renderSrtla({ kind: 'reg2', id: ID })],
    parseSrtla,
  ],
  'SRT handshake': [[handshake(120)], readLatencyMs],
  'SRT NAK': [[renderNak(Buffer.alloc(64), [{ first: 1, last: 9 }])], parseNak],
  GDP: [
    GDP,
    (bytes) => {
      try {
        return [...new GdpParser().push(bytes)];
      } catch (error) {
        // Its pipe is closed, and capture starts again.
        assert.is((error as Error).name, 'PipelineError', String((error as Error).stack));
        return undefined;
      }
    },
  ],
  'recording journal': [[JOURNAL], parseJournal],
  'MP4 of a recording': [
    VIDEO === undefined ? [] : [renderInit(VIDEO)],
    (bytes) => [readInits(bytes), readFragment(bytes)],
  ],
  'printer status': [
    [Buffer.from([0x16, 0x12]), Buffer.from([0x12])],
    (bytes) => {
      const byte = findStatusByte(bytes);
      return byte === undefined ? undefined : parseStatus({ 1: byte, 2: byte, 3: byte, 4: byte });
    },
  ],
};

fuzzTexts(test, TEXTS);
fuzzBytes(test, BYTES);

test('repeats that make a bad pattern slow are read in time', () => {
  const pieces = ['"', ',URI="', '#EXT-X-PART:"', '=', 'a=', '%', ' ', '\t', '.', ',', '://', '@'];
  const startedMs = performance.now();
  for (const [samples, read] of Object.values(TEXTS)) {
    for (const piece of pieces) {
      for (const sample of samples) read(sample + piece.repeat(20_000));
    }
  }
  // A pattern that is quadratic here takes minutes.
  assert.ok(performance.now() - startedMs < 60_000);
});

test.run();
