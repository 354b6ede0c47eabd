/** A simulated SRT sender and receiver, in virtual time. */
import { sequenceAfter, sequenceDistance } from '../../../../pipelines/bond/wire/sequence.ts';
import { readSequence, renderNak, SRT_ACK, SRT_NAK } from '../../../../pipelines/bond/wire/srt.ts';

const NAK_PAUSE_MS = 60;
/** What jumps further is of no connection of ours. */
const LONGEST_JUMP = 100_000;

/**
 * As much of libsrt's live receiver as decides about loss: an ACK every 10 ms when it
 * moved, a NAK at each new gap and again every 60 ms, and at the latency's end a
 * missing packet counts as lost.
 */
export interface SimulatedReceiver {
  readonly lost: number;
  readonly received: number;
  onPacket(packet: Buffer, nowMs: number): void;
  /** Call it every 10 ms. */
  tick(nowMs: number): void;
}

export function openReceiver(
  latencyMs: number,
  sentAtMs: (sequence: number) => number,
  reply: (packet: Buffer) => void,
): SimulatedReceiver {
  const missing = new Set<number>();
  let highest = -1;
  let ackedUpTo = -1;
  let ackNumber = 0;
  let nakAtMs = 0;
  let baseMs = 0;
  let lost = 0;
  let received = 0;
  let transitMs = 0;
  return {
    get lost() {
      return lost;
    },
    get received() {
      return received;
    },
    onPacket: (packet, nowMs) => {
      const sequence = readSequence(packet);
      if (highest < 0) {
        highest = sequence;
        baseMs = nowMs - sentAtMs(sequence);
        transitMs = baseMs;
        received += 1;
        return;
      }
      const step = sequenceDistance(highest, sequence);
      if (step <= 0) {
        if (missing.delete(sequence)) received += 1;
        return;
      }
      if (step > LONGEST_JUMP) return;
      received += 1;
      transitMs = nowMs - sentAtMs(sequence);
      for (let gap = 1; gap < step; gap += 1) missing.add(sequenceAfter(highest, gap));
      if (step > 1) {
        const range = { first: sequenceAfter(highest), last: sequenceAfter(sequence, -1) };
        reply(renderNak(control(SRT_NAK, 0), [range]));
      }
      highest = sequence;
    },
    tick: (nowMs) => {
      for (const sequence of missing) {
        if (nowMs < sentAtMs(sequence) + baseMs + latencyMs) continue;
        missing.delete(sequence);
        lost += 1;
      }
      const oldest = [...missing].sort((a, b) => sequenceDistance(b, a))[0];
      const acked = oldest ?? sequenceAfter(highest);
      if (highest >= 0 && acked !== ackedUpTo) {
        ackedUpTo = acked;
        ackNumber += 1;
        const packet = Buffer.concat([control(SRT_ACK, ackNumber), Buffer.alloc(28)]);
        packet.writeUInt32BE(acked, 16);
        packet.writeUInt32BE(2 * transitMs * 1000, 20);
        reply(packet);
      }
      if (missing.size > 0 && nowMs >= nakAtMs) {
        nakAtMs = nowMs + NAK_PAUSE_MS;
        const ranges = [...missing].slice(0, 300).map((first) => ({ first, last: first }));
        reply(renderNak(control(SRT_NAK, 0), ranges));
      }
    },
  };
}

export function control(type: number, information: number): Buffer {
  const packet = Buffer.alloc(16);
  packet.writeUInt16BE(type, 0);
  packet.writeUInt32BE(information, 4);
  return packet;
}

/** A data packet of `bytes` in all. */
export function data(sequence: number, bytes = 1332): Buffer {
  const packet = Buffer.alloc(bytes, 0xff);
  packet.writeUInt32BE(sequence, 0);
  packet.writeUInt32BE(0xc0000001, 4);
  return packet;
}

/** A version 5 handshake with an HSRSP extension that names the latency. */
export function handshake(latencyMs: number): Buffer {
  const packet = Buffer.alloc(16 + 48 + 16);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt16BE(2, 64);
  packet.writeUInt16BE(3, 66);
  packet.writeUInt16BE(latencyMs, 76);
  packet.writeUInt16BE(latencyMs, 78);
  return packet;
}
