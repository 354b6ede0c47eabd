/** The state of an SRT connection, read from its packets. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SrtObserver } from '../../../pipelines/uplink/srt-observer.ts';

const test = suite('SRT observer');

function data(sequence: number, isRepeat = false): Buffer {
  const packet = Buffer.alloc(1332);
  packet.writeUInt32BE(sequence, 0);
  if (isRepeat) packet[4] = 0x04;
  return packet;
}

function control(type: number, information: readonly number[] = []): Buffer {
  const packet = Buffer.alloc(16 + information.length * 4);
  packet.writeUInt16BE(type, 0);
  for (const [i, word] of information.entries()) packet.writeUInt32BE(word, 16 + i * 4);
  return packet;
}

const HANDSHAKE = 0x8000;
const refusal = (reason: number) => control(HANDSHAKE, [5, 0, 0, 0, 0, reason, 0, 0, 0, 0, 0, 0]);

test('ACKs give RTT and unacknowledged packets', () => {
  const observer = new SrtObserver();
  for (let i = 0; i < 10; i += 1) observer.fromEncoder(data(0x7fff_fffc + i), 1_000);
  for (let i = 4; i < 10; i += 1) observer.fromEncoder(data(i - 4), 1_000);
  observer.toEncoder(control(0x8002, [2, 48_000, 9_000]), 1_050);
  const figures = observer.figures(1_100);
  assert.is(figures.phase, 'connected');
  assert.is(figures.rttMs, 48);
  assert.is(figures.unackedPackets, 4);
});

test('repeats and packets given up as too late are counted', () => {
  const observer = new SrtObserver();
  observer.fromEncoder(data(1), 0);
  observer.fromEncoder(data(1, true), 0);
  observer.fromEncoder(control(0x8007, [5, 8]), 0);
  const { retransmittedTotal, droppedTotal, sentPacketsTotal } = observer.figures(0);
  assert.equal([retransmittedTotal, droppedTotal, sentPacketsTotal], [1, 4, 2]);
});

test('a receiver that is silent is no longer connected', () => {
  const observer = new SrtObserver();
  assert.is(observer.figures(0).phase, 'connecting');
  observer.toEncoder(control(0x8001), 100);
  assert.is(observer.figures(3_000).phase, 'connected');
  assert.is(observer.figures(3_200).phase, 'connecting');
});

test('a refusal is named, and the next attempts are held back with growing pauses', () => {
  const observer = new SrtObserver();
  const call = control(HANDSHAKE, Array(12).fill(0));
  const pausesMs: number[] = [];
  let nowMs = 0;
  for (let i = 0; i < 6; i += 1) {
    assert.ok(observer.fromEncoder(call, nowMs));
    observer.toEncoder(refusal(1010), nowMs);
    const fromMs = nowMs;
    while (!observer.fromEncoder(call, nowMs)) nowMs += 250;
    pausesMs.push(nowMs - fromMs);
  }
  assert.is(observer.figures(nowMs).refusal, 'the passphrase is wrong');
  assert.equal(pausesMs, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  observer.toEncoder(control(0x8002, [1, 1, 1]), nowMs);
  assert.is(observer.figures(nowMs).refusal, undefined);
});

test('no bytes from either side cause an error', () => {
  const bytes = fc.uint8Array({ maxLength: 120 }).map((part) => Buffer.from(part));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), bytes)), (packets) => {
      const observer = new SrtObserver();
      for (const [i, [isUp, packet]] of packets.entries()) {
        if (isUp) observer.fromEncoder(packet, i);
        else observer.toEncoder(packet, i);
      }
      const { unackedPackets, droppedTotal, sentBps } = observer.figures(packets.length);
      assert.ok(unackedPackets >= 0 && droppedTotal >= 0 && sentBps >= 0);
    }),
  );
});

test.run();
