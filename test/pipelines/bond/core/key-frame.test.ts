/** Detection of key frames in MPEG-TS. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openKeyFrameDetector } from '../../../../pipelines/bond/core/key-frame.ts';

const test = suite('key frames in MPEG-TS');

/** One TS packet; a unit's start has an adaptation field and a PES header. */
function ts(pid: number, start?: { isRandomAccess: boolean; stream: number }): Buffer {
  const packet = Buffer.alloc(188, 0xff);
  packet.writeUInt8(0x47, 0);
  packet.writeUInt16BE((start === undefined ? 0 : 0x4000) | pid, 1);
  packet.writeUInt8(start === undefined ? 0x10 : 0x30, 3);
  if (start === undefined) return packet;
  packet.writeUInt8(1, 4);
  packet.writeUInt8(start.isRandomAccess ? 0x40 : 0, 5);
  packet.writeUInt32BE(0x100 | start.stream, 6);
  return packet;
}

const srt = (...packets: Buffer[]) => Buffer.concat([Buffer.alloc(16), ...packets]);
const key = { isRandomAccess: true, stream: 0xe0 };
const delta = { isRandomAccess: false, stream: 0xe0 };

test('a key frame lasts from its random access point to the next frame', () => {
  const isKey = openKeyFrameDetector();
  assert.not.ok(isKey(srt(ts(256, delta), ts(256)), 16));
  assert.ok(isKey(srt(ts(256, key), ts(256)), 16));
  assert.ok(isKey(srt(ts(256), ts(256)), 16));
  assert.ok(isKey(srt(ts(256), ts(256, delta)), 16));
  assert.not.ok(isKey(srt(ts(256)), 16));
});

test('audio is no key frame, though it may be a random access point', () => {
  const isKey = openKeyFrameDetector();
  assert.not.ok(isKey(srt(ts(257, { isRandomAccess: true, stream: 0xc0 })), 16));
});

test('an encrypted or foreign payload has no key frame, whatever its bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 5 }), (payloads) => {
      const isKey = openKeyFrameDetector();
      for (const payload of payloads) isKey(Buffer.from([...Buffer.alloc(16), ...payload]), 16);
    }),
  );
  const isKey = openKeyFrameDetector();
  assert.ok(isKey(srt(ts(256, key)), 16));
  assert.not.ok(isKey(srt(Buffer.alloc(188)), 16));
});

test.run();
