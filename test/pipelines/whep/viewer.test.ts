/** One viewer by WebRTC: what its feedback changes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { repeatIdr } from '../../../pipelines/h264/repeated-idr.ts';
import { parseOffer } from '../../../pipelines/whep/offer.ts';
import { Rendition } from '../../../pipelines/whep/rendition.ts';
import { Viewer } from '../../../pipelines/whep/viewer.ts';
import { IDR_UNIT, VIDEO_CAPS } from '../../support/feed.ts';
import { CHROMIUM_OFFER } from '../../support/media/whep-offers.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('viewer by WHEP');

const FRAME_MS = 33;
const GOP_FRAMES = 30;
const VIDEO = 9;
/** No key frame: of 2 Mb/s, and of a picture that stands still. */
const OTHER_UNIT = Buffer.from(`000020004188${'ff'.repeat(8_189)}80`, 'hex');
const STILL_UNIT = Buffer.from(`0000000c4188${'ff'.repeat(9)}80`, 'hex');
const REPEATED_UNIT = repeated();

/** What the feed sends each 200 ms while an encoder is suspended. */
function repeated(): Buffer {
  const format = parseCaps(VIDEO_CAPS);
  const config = format?.kind === 'video' ? format.decoderConfig : Buffer.alloc(0);
  return repeatIdr(config, IDR_UNIT, 50_000) ?? Buffer.alloc(0);
}

interface Seen {
  readonly atMs: number;
  readonly isKeyframe: boolean;
}

/** What the encoders do. */
interface Encoders {
  /** Renditions whose encoders are suspended. */
  suspended: readonly string[];
  /** Its picture stands still. */
  isStill: boolean;
}

/** Two renditions, and a viewer that gets them for as long as the test goes on. */
function openViewer(
  encoders: Encoders = { suspended: [], isStill: false },
  allowed: readonly string[] = ['low', 'high'],
) {
  const all = [new Rendition('low', 500_000), new Rendition('high', 2_000_000)];
  for (const one of all) one.setCaps(VIDEO_CAPS);
  const renditions = all.filter(({ id }) => allowed.includes(id));
  const offer = parseOffer(CHROMIUM_OFFER);
  if ('status' in offer) throw new Error(offer.line);
  const seen: Seen[] = [];
  /** The last sender report of the picture. */
  const reported = { ticks: 0, atMs: 0 };
  /** The rendition of each frame that it was sent. */
  const from: string[] = [];
  let nowMs = 0;
  const send = (kind: string, packet: Buffer) => {
    if (kind === 'video' && packet[1] === 200) {
      Object.assign(reported, { ticks: packet.readUInt32BE(10), atMs: nowMs });
    }
    // Sender reports are not of the picture.
    if (kind !== 'video' || packet[1] === 200) return;
    const type = (packet[12 + (((packet[0] ?? 0) & 0x10) === 0 ? 0 : 8)] ?? 0) & 0x1f;
    if (type !== 8) seen.push({ atMs: nowMs, isKeyframe: type === 7 });
  };
  const ssrcs = { video: VIDEO, audio: 10 };
  const start = { epochMs: 0, monotonicUs: 0 };
  const options = { offer, renditions, all, ssrcs, cname: 'box', start, send, random: () => 0 };
  const viewer = new Viewer(options, nowMs);
  let frames = 0;
  /** @param each Called each millisecond. */
  const run = (forMs: number, each: (nowMs: number) => void) => {
    for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 1) {
      if (nowMs % FRAME_MS === 0) {
        const isKeyframe = frames % GOP_FRAMES === 0;
        const other = encoders.isStill ? STILL_UNIT : OTHER_UNIT;
        const coded = { data: isKeyframe ? IDR_UNIT : other, isKeyframe };
        const shown = { data: REPEATED_UNIT, isKeyframe: true };
        for (const rendition of all) {
          const isSuspended = encoders.suspended.includes(rendition.id);
          if (isSuspended && frames % 6 !== 0) continue;
          const frame = rendition.add(isSuspended ? shown : coded, nowMs * 90, nowMs);
          if (frame === undefined) continue;
          const before = seen.length;
          viewer.addFrame(rendition, frame, nowMs);
          if (seen.length > before) from.push(rendition.id);
        }
        frames += 1;
      }
      viewer.tick(nowMs);
      each(nowMs);
    }
  };
  /** Another viewer comes. */
  const begin = () => viewer.begin(nowMs);
  run(1, () => undefined);
  begin();
  return { viewer, seen, from, run, begin, reported };
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const PLI = hex('81ce0002 00000001 00000009');
const FIR = hex('84ce0004 00000001 00000000 00000009 01000000');

function estimate(bps: number): Buffer {
  const exponent = Math.max(0, Math.ceil(Math.log2(bps / 0x3_ffff)));
  const packet = hex('8fce0005 00000001 00000000 52454d42 01 000000 00000009');
  packet.writeUIntBE(exponent * 0x4_0000 + Math.floor(bps / 2 ** exponent), 17, 3);
  return packet;
}

test('however often a picture is called broken, it is repaired once a second at most', () => {
  const random = seeded(17);
  const { viewer, seen, run } = openViewer();
  run(500, () => undefined);
  const before = seen.length;
  run(10_000, (nowMs) => {
    if (random() < 0.5) viewer.addFeedback(random() < 0.5 ? PLI : FIR, nowMs);
  });
  const keyframes = seen.slice(before).filter(({ isKeyframe }) => isKeyframe);
  // Those of the encoder come as well, one in each 990 ms.
  assert.ok(keyframes.length >= 19 && keyframes.length <= 22, `${keyframes.length}`);
});

test('what the viewer says it can receive chooses its rendition, down and up again', () => {
  const { viewer, run } = openViewer();
  const wanted: string[] = [];
  const say = (bps: number) => (nowMs: number) => {
    if (nowMs % 1_000 === 0) viewer.addFeedback(estimate(bps), nowMs);
    if (viewer.wanted !== wanted.at(-1)) wanted.push(viewer.wanted ?? '');
  };
  run(10_000, say(2_500_000));
  assert.equal(wanted, ['high']);
  run(10_000, say(900_000));
  assert.equal(wanted, ['high', 'low']);
  run(60_000, say(3_000_000));
  assert.equal(wanted, ['high', 'low', 'high']);
});

test('a browser that estimates nothing, as some Safaris, gets less where its packets wait in a queue', () => {
  const { viewer, run, reported } = openViewer();
  const reportAfter = (tripMs: number) => (nowMs: number) => {
    if (nowMs - reported.atMs !== tripMs || reported.ticks === 0) return;
    const report = hex('81c90007 00000001 00000009 00000000 00000000 00000000 00000000 00000000');
    report.writeUInt32BE(reported.ticks, 24);
    viewer.addFeedback(report, nowMs);
  };
  run(10_000, reportAfter(10));
  assert.is(viewer.wanted, 'high');
  run(6_000, reportAfter(600));
  assert.is(viewer.wanted, 'low');
  run(60_000, reportAfter(10));
  assert.is(viewer.wanted, 'high');
});

test('while the best one’s encoder is suspended it gets the next one, though the last picture is repeated', () => {
  const encoders: Encoders = { suspended: [], isStill: false };
  const { from, run, begin, viewer } = openViewer(encoders);
  run(5_000, () => undefined);
  assert.equal([...new Set(from.splice(0))], ['high']);
  encoders.suspended = ['high'];
  run(3_000, () => undefined);
  from.splice(0);
  run(10_000, () => undefined);
  assert.equal([...new Set(from.splice(0))], ['low']);
  begin();
  run(2_000, () => undefined);
  assert.equal([...new Set(from.splice(0))], ['low']);
  assert.is(viewer.wanted, 'high');
  encoders.suspended = [];
  run(3_000, () => undefined);
  from.splice(0);
  run(5_000, () => undefined);
  assert.equal([...new Set(from.splice(0))], ['high']);
});

test('a viewer whose profile has that one only gets one of the others meanwhile', () => {
  const { from, run } = openViewer({ suspended: ['high'], isStill: false }, ['high']);
  run(3_000, () => undefined);
  from.splice(0);
  run(5_000, () => undefined);
  assert.equal([...new Set(from)], ['low']);
});

test('while no encoder runs it stays with what it had', () => {
  const encoders: Encoders = { suspended: ['high'], isStill: false };
  const { from, run } = openViewer(encoders);
  run(5_000, () => undefined);
  from.splice(0);
  encoders.suspended = ['high', 'low'];
  run(10_000, () => undefined);
  assert.equal([...new Set(from.splice(0))], ['low']);
});

test('a picture that stands still leaves it what it has, though browsers estimate little', () => {
  const { viewer, run } = openViewer({ suspended: [], isStill: true });
  run(60_000, (nowMs) => {
    if (nowMs % 1_000 === 0) viewer.addFeedback(estimate(300_000), nowMs);
  });
  assert.is(viewer.wanted, 'high');
});

test.run();
