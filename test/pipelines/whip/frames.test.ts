/** Frames out of RTP payloads: H.264 as our own packets carry it, VP8, and what is broken. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AvcConfig } from '../../../pipelines/h264/avc-config.ts';
import { packetize } from '../../../pipelines/whep/rtp.ts';
import { type Frame, type FrameReader, Frames } from '../../../pipelines/whip/frames.ts';
import { H264Reader } from '../../../pipelines/whip/h264.ts';
import { OpusReader } from '../../../pipelines/whip/opus.ts';
import { parsePacket } from '../../../pipelines/whip/packet.ts';
import { Vp8Reader } from '../../../pipelines/whip/vp8.ts';

const test = suite('frames of a publisher');

const SPS = Buffer.from('6742c01fda014016e840', 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');
const FORMAT: AvcConfig = { lengthBytes: 4, parameterSets: [SPS, PPS] };
const START = Buffer.from([0, 0, 0, 1]);

/** A slice that begins with macroblock 0. */
function slice(type: 1 | 5, bytes: number): Buffer {
  const nal = Buffer.alloc(bytes, 0x2d);
  nal[0] = 0x60 | type;
  nal[1] = 0x88;
  return nal;
}

function unitOf(nals: readonly Buffer[]): Buffer {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}

const annexB = (...nals: readonly Buffer[]) => Buffer.concat(nals.flatMap((nal) => [START, nal]));

/** The payloads of a frame as packets that came in order. */
function packetsOf(payloads: readonly Buffer[], timestamp: number) {
  return payloads.map((payload, i) => ({
    packet: {
      ...{ payload, timestamp, isMarked: i === payloads.length - 1 },
      ...{ payloadType: 96, sequence: 0, ssrc: 1 },
    },
  }));
}

const h264 = (nals: readonly Buffer[], timestamp: number) =>
  packetsOf(packetize(unitOf(nals), FORMAT), timestamp);

test('what our own packets carry comes out as it was, with its parameter sets', () => {
  const frames = new Frames(new H264Reader());
  const sizes = fc.array(fc.integer({ min: 2, max: 5_000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sizes, fc.boolean(), (bytes, isKeyframe) => {
      frames.restart();
      const nals = bytes.map((one) => slice(isKeyframe ? 5 : 1, one));
      const out = h264(nals, 3_000).flatMap((one) => frames.add(one));
      if (!isKeyframe) {
        assert.equal(out, []);
        assert.ok(frames.needsKeyframe);
        return;
      }
      assert.is(out[0]?.isKeyframe, true);
      assert.ok(out[0]?.data.equals(annexB(SPS, PPS, ...nals)));
      assert.not.ok(frames.needsKeyframe);
    }),
    { seed: 17, numRuns: 200 },
  );
});

test('after a loss all waits for the next key frame, and what was cut off is never sent', () => {
  const frames = new Frames(new H264Reader());
  const out: Frame[] = [];
  const add = (...packets: Parameters<Frames['add']>[0][]) =>
    out.push(...packets.flatMap((one) => frames.add(one)));
  add(...h264([slice(5, 3_000)], 0), ...h264([slice(1, 500)], 3_000));
  assert.is(out.length, 2);
  const [first, , ...rest] = h264([slice(1, 4_000)], 6_000);
  add(first as never, { lost: 1 }, ...rest);
  add(...h264([slice(1, 500)], 9_000));
  assert.is(out.length, 2);
  assert.ok(frames.needsKeyframe);
  // Of this key frame the parameter sets and the first slice were lost.
  add({ lost: 3 }, ...packetsOf([Buffer.from([0x65, 0x08, 1, 2, 3])], 12_000));
  assert.is(out.length, 2);
  add(...h264([slice(5, 3_000)], 15_000), ...h264([slice(1, 500)], 18_000));
  assert.equal(
    out.map(({ timestamp }) => timestamp),
    [0, 3_000, 15_000, 18_000],
  );
});

test('several units in one packet are read, and parameter sets may come before, or in the offer', () => {
  const stap = Buffer.concat([
    Buffer.from([24]),
    ...[SPS, PPS].flatMap((nal) => [Buffer.from([0, nal.length]), nal]),
  ]);
  const early = new Frames(new H264Reader());
  const idr = slice(5, 300);
  const out = [...packetsOf([stap], 0), ...packetsOf([idr], 0)].flatMap((one) => early.add(one));
  assert.ok(out.at(-1)?.data.equals(annexB(SPS, PPS, idr)));
  const sprop = [SPS, PPS].map((nal) => nal.toString('base64')).join(',');
  const offered = new Frames(new H264Reader(sprop));
  const [frame] = packetsOf([idr], 0).flatMap((one) => offered.add(one));
  assert.ok(frame?.data.equals(annexB(SPS, PPS, idr)));
  const none = new Frames(new H264Reader());
  assert.equal(
    packetsOf([idr], 0).flatMap((one) => none.add(one)),
    [],
  );
});

test('VP8 comes out of its packets, with and without a long descriptor', () => {
  const frames = new Frames(new Vp8Reader());
  const key = [
    Buffer.from([0x90, 0x80, 0x81, 0x02, 0x10, 1, 2, 3]),
    Buffer.from([0x80, 0x80, 0x81, 0x02, 4, 5]),
  ];
  const [frame] = packetsOf(key, 0).flatMap((one) => frames.add(one));
  assert.is(frame?.isKeyframe, true);
  assert.equal([...(frame?.data ?? [])], [0x10, 1, 2, 3, 4, 5]);
  const [delta] = packetsOf([Buffer.from([0x10, 0x11, 9, 9, 9])], 3_000).flatMap((one) =>
    frames.add(one),
  );
  assert.is(delta?.isKeyframe, false);
  assert.equal([...(delta?.data ?? [])], [0x11, 9, 9, 9]);
  // Without its first packet.
  assert.equal(
    packetsOf(key.slice(1), 6_000).flatMap((one) => frames.add(one)),
    [],
  );
  assert.ok(frames.needsKeyframe);
});

test('each packet of Opus is a unit', () => {
  const frames = new Frames(new OpusReader());
  const out = [1, 2].flatMap((n) =>
    packetsOf([Buffer.from([n, n])], n * 960).flatMap((one) => frames.add(one)),
  );
  assert.equal(
    out.map(({ data }) => data[0]),
    [1, 2],
  );
});

test('whatever bytes come as packets, readers take them without harm, in bounded memory', () => {
  const readers: readonly (() => FrameReader)[] = [
    () => new H264Reader(),
    () => new Vp8Reader(),
    () => new OpusReader(),
  ];
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 60 }), fc.nat(2), (packets, which) => {
      const frames = new Frames((readers[which] as () => FrameReader)());
      for (const one of packets) {
        const packet = parsePacket(Buffer.from(one));
        const whole = parsePacket(
          Buffer.concat([Buffer.from([0x80, 0x60, 0, 1]), Buffer.alloc(8), one]),
        );
        for (const parsed of [packet, whole]) {
          if (parsed !== undefined)
            for (const { data } of frames.add({ packet: parsed })) assert.ok(data.length > 0);
        }
      }
    }),
    { seed: 17, numRuns: 500 },
  );
  const frames = new Frames(new H264Reader());
  const fragment = Buffer.alloc(60_000, 1);
  fragment[0] = 0x7c;
  fragment[1] = 0x85;
  const packet = (payload: Buffer) => ({
    packet: { payload, timestamp: 1, isMarked: false, payloadType: 96, sequence: 0, ssrc: 1 },
  });
  frames.add(packet(fragment));
  const more = Buffer.from(fragment);
  more[1] = 0x05;
  for (let i = 0; i < 200; i += 1) assert.equal(frames.add(packet(more)), []);
});

test('a picture of too many tiny units or packets is given up, and the next one is taken', () => {
  const frames = new Frames(new H264Reader([SPS, PPS].map((n) => n.toString('base64')).join()));
  const tiny = Array.from({ length: 400 }, () => Buffer.from([0, 2, 0x41, 0x88]));
  const idr = slice(5, 300);
  const several = Buffer.concat([Buffer.from([24]), ...tiny]);
  const few = packetsOf([idr, several], 1).flatMap((one) => frames.add(one));
  assert.is(few.length, 1);
  const many = packetsOf([idr, several, several], 2).flatMap((one) => frames.add(one));
  assert.is(many.length, 0);
  const parts = Array.from({ length: 25_000 }, (_, i) =>
    Buffer.from([0x7c, i === 0 ? 0x85 : i === 24_999 ? 0x45 : 0x05, 0x88]),
  );
  assert.is(packetsOf(parts, 3).flatMap((one) => frames.add(one)).length, 0);
  assert.is(packetsOf([idr], 4).flatMap((one) => frames.add(one)).length, 1);
});

test.run();
