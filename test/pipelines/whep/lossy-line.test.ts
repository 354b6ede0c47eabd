/** Frames to a viewer over a line that loses and delays packets: a simulation, drawn from a seed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame } from '../../../pipelines/whep/rendition.ts';
import { VideoSender } from '../../../pipelines/whep/video-sender.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('frames over a line that loses packets');

const FRAME_MS = 33;
const STEP_MS = 5;
/** As browsers ask: at once, and again after the time that an answer takes. */
const ASK_EVERY_MS = 60;

interface Line {
  readonly lossRatio: number;
  readonly jitterMs: number;
}

/** Watches for so long. @returns how much later than without losses each frame was complete. */
function watch(seed: number, { lossRatio, jitterMs }: Line, seconds: number): readonly number[] {
  const random = seeded(seed);
  const flying: { readonly dueMs: number; readonly arrive: () => void }[] = [];
  let nowMs = 0;
  const carry = (arrive: () => void) => {
    if (random() >= lossRatio) flying.push({ dueMs: nowMs + random() * jitterMs, arrive });
  };
  const missing = new Map<number, { readonly sinceMs: number; askedMs: number }>();
  const got = new Set<number>();
  let newest = -1;
  const lateMs: number[] = [];
  const onPacket = (sequence: number) => {
    const gap = missing.get(sequence);
    if (gap !== undefined) lateMs.push(nowMs - gap.sinceMs);
    missing.delete(sequence);
    got.add(sequence);
    for (let i = newest + 1; i < sequence; i += 1) {
      missing.set(i, { sinceMs: nowMs, askedMs: Number.NEGATIVE_INFINITY });
    }
    newest = Math.max(newest, sequence);
  };
  const send = (packet: Buffer) => {
    const sequence = packet.readUInt16BE(2);
    carry(() => onPacket(sequence));
  };
  const sender = new VideoSender({ ssrc: 1, payloadType: 107, sendTimeId: undefined, send }, 0);
  for (; nowMs < seconds * 1_000; nowMs += STEP_MS) {
    if (nowMs % FRAME_MS < STEP_MS) sender.add(frame(Math.floor(nowMs / FRAME_MS)), nowMs);
    sender.flush(nowMs);
    const due = flying.filter(({ dueMs }) => dueMs <= nowMs);
    for (const one of due) flying.splice(flying.indexOf(one), 1);
    for (const { arrive } of due.toSorted((a, b) => a.dueMs - b.dueMs)) arrive();
    const asked = [...missing].filter(([, { askedMs }]) => nowMs - askedMs >= ASK_EVERY_MS);
    for (const [, gap] of asked) gap.askedMs = nowMs;
    const sequences = asked.map(([sequence]) => sequence);
    if (sequences.length > 0) carry(() => sender.repeat(sequences, nowMs));
  }
  const lost = [...missing.values()].filter(({ sinceMs }) => nowMs - sinceMs > 2_000);
  assert.equal(lost, [], `seed ${seed}: packets that never came`);
  assert.ok(got.size > 1_000);
  return lateMs;
}

/** A group of 30: 2 Mb/s, with a key frame of 40 packets. */
function frame(index: number): Frame {
  const isKeyframe = index % 30 === 0;
  const payloads = Array.from({ length: isKeyframe ? 40 : 6 }, () => Buffer.alloc(1_100, 1));
  return { timestamp: index * 3_000, isKeyframe, payloads, bytes: payloads.length * 1_100 };
}

test('with 2 % loss and 30 ms jitter each packet is there within half a second', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const lateMs = watch(seed, { lossRatio: 0.02, jitterMs: 30 }, 20);
    assert.ok(lateMs.length > 20 && Math.max(...lateMs) <= 500, `seed ${seed}`);
  }
});

test('with a tenth lost, which brings a lower rendition, packets still come', () => {
  for (let seed = 1; seed <= 10; seed += 1) watch(seed, { lossRatio: 0.1, jitterMs: 60 }, 10);
});

test.run();
