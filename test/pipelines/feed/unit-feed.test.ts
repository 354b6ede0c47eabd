/** Access units for the uplink. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnitFeed } from '../../../pipelines/feed/unit-feed.ts';
import { type GdpPacket, GdpParser } from '../../../pipelines/gdp/parse.ts';
import { AUDIO_CAPS, IDR_UNIT, VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('feed of the uplink');

/** A pipe whose reader takes all, or nothing while it is stuck. */
function openPipe() {
  const reader = new GdpParser();
  const packets: GdpPacket[] = [];
  let backlogBytes = 0;
  return {
    packets,
    isStuck: false,
    get backlogBytes() {
      return backlogBytes;
    },
    write(bytes: Buffer) {
      backlogBytes = this.isStuck ? backlogBytes + bytes.length : 0;
      const got = reader.push(bytes);
      if (got === 'malformed') throw new Error('malformed');
      packets.push(...got);
    },
    drain() {
      backlogBytes = 0;
    },
  };
}

const unit = (frame: number, isKeyframe = frame % 30 === 0, bytes = 100) => ({
  timeUs: 1_000_000 + frame * 33_333,
  isKeyframe,
  data: Buffer.alloc(bytes),
});
const buffers = (packets: readonly GdpPacket[]) =>
  packets.flatMap((packet) => (packet.kind === 'buffer' ? [packet] : []));

test('it begins with stream, caps, segment and a key frame, as gdpdepay wants them', () => {
  const pipe = openPipe();
  const feed = new UnitFeed(pipe, 'video');
  feed.add(unit(1));
  feed.setCaps(VIDEO_CAPS);
  for (let frame = 2; frame < 33; frame += 1) feed.add(unit(frame));
  assert.equal(
    pipe.packets.slice(0, 4).map(({ kind }) => kind),
    ['event', 'caps', 'event', 'buffer'],
  );
  const [first] = buffers(pipe.packets);
  assert.ok(first?.isKeyframe && first.isDiscont);
  assert.is(first?.ptsNs, 1_999_990_000n);
  assert.is(feed.droppedTotal, 29);
});

test('after a restart of capture media time goes on, from a key frame', () => {
  const pipe = openPipe();
  const feed = new UnitFeed(pipe, 'video');
  feed.setCaps(VIDEO_CAPS);
  for (let frame = 0; frame < 10; frame += 1) feed.add(unit(frame));
  feed.restart();
  feed.add(unit(5, true));
  feed.add(unit(20));
  feed.add(unit(30));
  const times = buffers(pipe.packets).map(({ ptsNs }) => Number(ptsNs));
  assert.equal(
    times.toSorted((a, b) => a - b),
    times,
  );
  assert.is(buffers(pipe.packets).length, 11);
  assert.ok(buffers(pipe.packets).at(-1)?.isDiscont);
});

test('a stuck reader uses a bounded number of bytes, and gets complete GOPs when it reads again', () => {
  const pipe = openPipe();
  const feed = new UnitFeed(pipe, 'video');
  feed.setCaps(VIDEO_CAPS);
  pipe.isStuck = true;
  for (let frame = 0; frame < 3_000; frame += 1) feed.add(unit(frame, frame % 30 === 0, 20_000));
  assert.ok(pipe.backlogBytes < 2_000_000, String(pipe.backlogBytes));
  const before = buffers(pipe.packets).length;
  pipe.isStuck = false;
  pipe.drain();
  for (let frame = 3_001; frame < 3_035; frame += 1) feed.add(unit(frame));
  const after = buffers(pipe.packets).slice(before);
  assert.ok(after[0]?.isKeyframe && after[0].isDiscont);
  assert.is(after.length, 5);
});

test('sound has no key frames to wait for', () => {
  const pipe = openPipe();
  const feed = new UnitFeed(pipe, 'audio');
  feed.setCaps(AUDIO_CAPS);
  feed.add(unit(1, false));
  assert.is(buffers(pipe.packets).length, 1);
  assert.ok(buffers(pipe.packets)[0]?.isKeyframe);
});

test('while nothing arrives the last key frame is repeated, then a new key frame is waited for', () => {
  const pipe = openPipe();
  const feed = new UnitFeed(pipe, 'video');
  feed.setCaps(VIDEO_CAPS);
  feed.fill(900_000);
  feed.add({ ...unit(0), data: IDR_UNIT });
  feed.add(unit(1));
  for (let nowUs = 1_050_000; nowUs < 3_000_000; nowUs += 50_000) feed.fill(nowUs);
  feed.add(unit(61, false));
  feed.add(unit(62, true));
  const sent = buffers(pipe.packets);
  assert.is(sent.length, 2 + 10 + 1);
  for (const [i, { ptsNs, isKeyframe }] of sent.entries()) {
    const beforeNs = sent[i - 1]?.ptsNs ?? ptsNs;
    assert.ok(Number((ptsNs ?? 0n) - (beforeNs ?? 0n)) <= 200e6, `${i}`);
    if (i !== 1) assert.ok(isKeyframe);
  }
});

test('while no sound arrives silence is sent, frame by frame', () => {
  const pipe = openPipe();
  const feed = new UnitFeed(pipe, 'audio');
  feed.setCaps(AUDIO_CAPS);
  feed.add(unit(0));
  for (let nowUs = 1_050_000; nowUs <= 3_000_000; nowUs += 50_000) feed.fill(nowUs);
  const sent = buffers(pipe.packets);
  assert.is(sent.length, 1 + Math.floor(1_900_000 / 21_333.34));
});

test.run();
