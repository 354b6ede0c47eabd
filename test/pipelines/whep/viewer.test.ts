/** One viewer by WebRTC: what its feedback changes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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
/** No key frame. */
const OTHER_UNIT = Buffer.from(`0000000c4188${'ff'.repeat(9)}80`, 'hex');

interface Seen {
  readonly atMs: number;
  readonly isKeyframe: boolean;
}

/** Two renditions, and a viewer that gets them for as long as the test goes on. */
function openViewer() {
  const renditions = [new Rendition('low', 500_000), new Rendition('high', 2_000_000)];
  for (const one of renditions) one.setCaps(VIDEO_CAPS);
  const offer = parseOffer(CHROMIUM_OFFER);
  if ('status' in offer) throw new Error(offer.line);
  const seen: Seen[] = [];
  let nowMs = 0;
  const send = (kind: string, packet: Buffer) => {
    // Sender reports are not of the picture.
    if (kind !== 'video' || packet[1] === 200) return;
    const type = (packet[12 + (((packet[0] ?? 0) & 0x10) === 0 ? 0 : 8)] ?? 0) & 0x1f;
    if (type !== 8) seen.push({ atMs: nowMs, isKeyframe: type === 7 });
  };
  const ssrcs = { video: VIDEO, audio: 10 };
  const start = { epochMs: 0, monotonicUs: 0 };
  const options = { offer, renditions, ssrcs, cname: 'box', start, send, random: () => 0 };
  const viewer = new Viewer(options, nowMs);
  let frames = 0;
  /** @param each Called each millisecond. */
  const run = (forMs: number, each: (nowMs: number) => void) => {
    for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 1) {
      if (nowMs % FRAME_MS === 0) {
        const isKeyframe = frames % GOP_FRAMES === 0;
        frames += 1;
        const unit = { data: isKeyframe ? IDR_UNIT : OTHER_UNIT, isKeyframe };
        for (const rendition of renditions) {
          const frame = rendition.add(unit, nowMs * 90, nowMs);
          if (frame !== undefined) viewer.addFrame(rendition, frame, nowMs);
        }
      }
      viewer.tick(nowMs);
      each(nowMs);
    }
  };
  run(1, () => undefined);
  viewer.begin(nowMs);
  return { viewer, seen, run };
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

test.run();
