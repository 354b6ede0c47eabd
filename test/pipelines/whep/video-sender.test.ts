/** Frames on their way to one viewer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Frame, Rendition } from '../../../pipelines/whep/rendition.ts';
import { VideoSender } from '../../../pipelines/whep/video-sender.ts';
import { VIDEO_CAPS } from '../../support/feed.ts';

const test = suite('frames to a viewer by WebRTC');

interface Seen {
  readonly sequence: number;
  readonly timestamp: number;
  readonly isMarked: boolean;
  readonly bytes: number;
}

function openSender(firstSequence = 65_530) {
  const seen: Seen[] = [];
  const send = (packet: Buffer) =>
    void seen.push({
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      isMarked: ((packet[1] ?? 0) & 0x80) !== 0,
      bytes: packet.length,
    });
  const options = { ssrc: 1, payloadType: 107, sendTimeId: undefined, send };
  return { seen, sender: new VideoSender(options, firstSequence) };
}

function frame(index: number, packets = 2, isKeyframe = index % 30 === 0): Frame {
  const payloads = Array.from({ length: packets }, () => Buffer.alloc(1_000, 1));
  return { timestamp: index * 3_000, isKeyframe, payloads, bytes: packets * 1_000 };
}

test('a viewer begins with a key frame; numbers go on over 65535; each frame ends with a mark', () => {
  const { seen, sender } = openSender();
  for (let i = 28; i < 34; i += 1) sender.add(frame(i), i * 33);
  assert.equal(
    seen.map(({ sequence }) => sequence),
    [65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 0, 1],
  );
  assert.is(seen[0]?.timestamp, 30 * 3_000);
  assert.equal(
    seen.map(({ isMarked }) => isMarked),
    [false, true, false, true, false, true, false, true],
  );
});

test('a large frame leaves over some milliseconds, in order, before the next one', () => {
  const { seen, sender } = openSender();
  sender.add(frame(0, 60), 1_000);
  sender.add(frame(1, 2), 1_001);
  assert.ok(seen.length < 20, `${seen.length} at once`);
  for (let ms = 1_005; ms < 1_100; ms += 5) sender.flush(ms);
  assert.is(seen.length, 62);
  assert.is(sender.isWaiting, false);
  const times = seen.map(({ timestamp }) => timestamp);
  assert.equal(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('one who joins gets what was shown since the key frame, within the time of one frame', () => {
  const { seen, sender } = openSender();
  const saved = Array.from({ length: 20 }, (_, i) => frame(30 + i, 1));
  sender.catchUp(saved, 0);
  for (let ms = 0; ms < 50; ms += 5) sender.flush(ms);
  sender.add(frame(50, 1), 60);
  const times = seen.map(({ timestamp }) => timestamp);
  assert.is(times.length, 21);
  assert.ok(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0)));
  assert.ok((times[0] ?? 0) > 49 * 3_000 && times[20] === 50 * 3_000);
});

test('missing packets are sent again as they were, and only so many', () => {
  const { seen, sender } = openSender(0);
  for (let i = 0; i < 10; i += 1) sender.add(frame(i, 1, i === 0), i * 33);
  sender.repeat([3, 4, 700], 400);
  assert.equal(
    seen.slice(10).map(({ sequence, timestamp }) => [sequence, timestamp]),
    [
      [3, 9_000],
      [4, 12_000],
    ],
  );
  for (let i = 0; i < 1_000; i += 1) sender.repeat([5], 500);
  assert.ok(seen.length < 400, `${seen.length} packets`);
});

test('a viewer that is far behind waits for the next key frame, and its queue stays small', () => {
  const { seen, sender } = openSender();
  for (let i = 0; i < 300; i += 1) sender.add(frame(i, 100), 0);
  assert.ok(sender.needsKeyframe);
  assert.is(sender.isWaiting, false);
  sender.add(frame(301, 1, false), 100);
  const before = seen.length;
  sender.add(frame(330, 1, true), 200);
  assert.is(seen.length, before + 1);
});

test('frames since the last key frame are saved, and never more than a few megabytes', () => {
  const rendition = new Rendition('mid', 900_000);
  assert.ok(rendition.setCaps(VIDEO_CAPS));
  const unit = (isKeyframe: boolean, bytes: number) => {
    const data = Buffer.alloc(bytes, 0x41);
    data.writeUInt32BE(bytes - 4);
    return { data, isKeyframe };
  };
  rendition.add(unit(false, 100), 0, 0);
  assert.is(rendition.saved.length, 0);
  for (let i = 0; i < 5; i += 1) rendition.add(unit(i === 0, 100), i, i * 33);
  assert.is(rendition.saved.length, 5);
  for (let i = 5; i < 50; i += 1) rendition.add(unit(false, 200_000), i, i * 33);
  assert.is(rendition.saved.length, 0);
  assert.ok(rendition.isSent(2_000));
  assert.not.ok(rendition.isSent(3_000));
});

test.run();
