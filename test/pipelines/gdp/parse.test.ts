/** GDP packets and caps are parsed as GStreamer writes them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps, parseSegment } from '../../../pipelines/gdp/caps.ts';
import { type GdpPacket, GdpParser, renderGdp } from '../../../pipelines/gdp/parse.ts';
import { AUDIO_CAPS, VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('GDP');

const time = fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n }), { nil: undefined });
const buffer: fc.Arbitrary<GdpPacket> = fc.record(
  {
    kind: fc.constant('buffer' as const),
    ptsNs: time,
    dtsNs: time,
    durationNs: time,
    isKeyframe: fc.boolean(),
    isDiscont: fc.boolean(),
    isHeader: fc.boolean(),
    data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
);
const caps: fc.Arbitrary<GdpPacket> = fc.record(
  {
    kind: fc.constant('caps' as const),
    caps: fc.string({ unit: 'grapheme-ascii' }),
  },
  { noNullPrototype: true },
);
const event: fc.Arbitrary<GdpPacket> = fc.record(
  {
    kind: fc.constant('event' as const),
    type: fc.integer({ min: 0, max: 60_000 }),
    text: fc.string({ unit: 'grapheme-ascii' }),
  },
  { noNullPrototype: true },
);
const packets = fc.array(fc.oneof(buffer, caps, event), { maxLength: 8 });

function cut(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

test('what is rendered is read back, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      packets,
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      (sent, sizes) => {
        const reader = new GdpParser();
        const read = cut(Buffer.concat(sent.map(renderGdp)), sizes).flatMap((chunk) => {
          const got = reader.push(chunk);
          if (got === 'malformed') throw new Error('malformed');
          return got;
        });
        assert.equal(read, sent);
      },
    ),
  );
});

test('any bytes end as packets or as malformed, never in a crash or in growing memory', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), (chunks) => {
      const reader = new GdpParser();
      for (const chunk of chunks) if (reader.push(Buffer.from(chunk)) === 'malformed') return;
    }),
  );
});

test('a payload larger than any access unit is malformed at once', () => {
  const header = Buffer.alloc(62);
  header[0] = 1;
  header.writeUInt32BE(0x7fff_ffff, 6);
  assert.is(new GdpParser().push(header), 'malformed');
});

test('caps of H.264 and AAC give codec, size, rate and decoder config', () => {
  const video = parseCaps(VIDEO_CAPS);
  assert.is(video?.kind, 'video');
  assert.is(video?.codec, 'avc1.f4001e');
  assert.equal([video?.timescale, video?.frameTicks], [90_000, 3_000]);
  const audio = parseCaps(AUDIO_CAPS);
  assert.is(audio?.codec, 'mp4a.40.2');
  assert.equal([audio?.timescale, audio?.frameTicks], [48_000, 1_024]);
});

test('29.97 frames a second are 3003 ticks', () => {
  const video = parseCaps(VIDEO_CAPS.replace('30/1', '30000/1001'));
  assert.equal([video?.timescale, video?.frameTicks], [90_000, 3_003]);
});

test('any text is caps or undefined', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseCaps(text)));
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, at) => {
      parseCaps(VIDEO_CAPS.slice(0, at % VIDEO_CAPS.length) + text);
    }),
  );
});

test("a segment event gives the start that takes x264enc's thousand hours off again", () => {
  const event =
    'GstEventSegment, segment=(GstSegment)"segment, flags=(GstSegmentFlags)GST_SEGMENT_FLAG_NONE, rate=(double)1, base=(guint64)5, offset=(guint64)0, start=(guint64)3599999978158633, stop=(guint64)18446744073709551615;";';
  assert.equal(parseSegment(event), { startNs: 3_599_999_978_158_633n, baseNs: 5n });
  assert.is(parseSegment('GstTagList-stream'), undefined);
});

test.run();
