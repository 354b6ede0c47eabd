/**
 * Reads what a bonding sender needs of SRT packets (draft-sharabayko-srt §3): sequence
 * numbers, ACKs, NAKs and the handshake's latency.
 *
 * ```
 *  data     |0|         packet sequence number (31)        |
 *           |PP|O|KK|R|        message number (26)         |
 *           |        timestamp        |  dest socket id    | payload …
 *  control  |1|  control type (15)    |   subtype (16)     |
 *           |     type-specific information (32)           |
 *           |        timestamp        |  dest socket id    | information …
 * ```
 */
import { SEQUENCE_MASK, sequenceDistance } from './sequence.ts';

export const SRT_HEADER_BYTES = 16;

/** Control types with bit 15, the control flag, as on the wire. */
export const SRT_HANDSHAKE = 0x8000;
export const SRT_ACK = 0x8002;
export const SRT_NAK = 0x8003;
export const SRT_SHUTDOWN = 0x8005;
export const SRT_DROP_REQUEST = 0x8007;

/** R in the second word: the packet is sent again. */
const RETRANSMIT_BYTE = 4;
const RETRANSMIT_BIT = 0x04;

/** Longest span of one NAK; a longer one is left out, as a faulty peer may send it. */
export const MAX_NAK_SPAN = 16_384;

export interface SequenceRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

export function isSrtData(packet: Buffer): boolean {
  return packet.length >= SRT_HEADER_BYTES && ((packet[0] ?? 0x80) & 0x80) === 0;
}

/** The socket that the packet is for, as its own end numbers it. */
export function readSocketId(packet: Buffer): number {
  return packet.readUInt32BE(12);
}

/** What the other end sends when it closes the connection. */
export function renderShutdown(socketId: number): Buffer {
  const packet = Buffer.alloc(SRT_HEADER_BYTES + 4);
  packet.writeUInt16BE(SRT_SHUTDOWN, 0);
  packet.writeUInt32BE(socketId, 12);
  return packet;
}

/** The control type, or -1 for data and for what is too short to be SRT. */
export function readControlType(packet: Buffer): number {
  if (packet.length < SRT_HEADER_BYTES) return -1;
  const type = packet.readUInt16BE(0);
  return type >= 0x8000 ? type : -1;
}

/** The sequence number of a data packet. */
export function readSequence(packet: Buffer): number {
  return packet.readUInt32BE(0) & SEQUENCE_MASK;
}

export function isRetransmission(packet: Buffer): boolean {
  return ((packet[RETRANSMIT_BYTE] ?? 0) & RETRANSMIT_BIT) !== 0;
}

/** Marks a data packet in place as sent again, as libsrt marks its own. */
export function markRetransmission(packet: Buffer): void {
  packet[RETRANSMIT_BYTE] = (packet[RETRANSMIT_BYTE] ?? 0) | RETRANSMIT_BIT;
}

/** The number before which all packets have arrived, or -1 when `packet` is no full ACK. */
export function readAcked(packet: Buffer): number {
  if (packet.length < SRT_HEADER_BYTES + 4) return -1;
  return packet.readUInt32BE(SRT_HEADER_BYTES) & SEQUENCE_MASK;
}

/** How many packets a drop request gives up (draft §3.2.9). */
export function readDropSpan(packet: Buffer): number {
  if (packet.length < SRT_HEADER_BYTES + 8) return 0;
  const first = packet.readUInt32BE(SRT_HEADER_BYTES) & SEQUENCE_MASK;
  const last = packet.readUInt32BE(SRT_HEADER_BYTES + 4) & SEQUENCE_MASK;
  const span = sequenceDistance(first, last) + 1;
  return span > 0 && span <= MAX_NAK_SPAN ? span : 0;
}

/** Identifies one ACK of one connection: its number and its destination socket, in one double. */
export function readAckIdentity(packet: Buffer): number {
  return packet.readUInt32BE(4) * 0x20_0000 + (packet.readUInt32BE(12) & 0x1f_ffff);
}

/** The lost ranges of a NAK in their order. Malformed ranges are left out. */
export function parseNak(packet: Buffer): readonly SequenceRange[] {
  const ranges: SequenceRange[] = [];
  for (let at = SRT_HEADER_BYTES; at + 4 <= packet.length; at += 4) {
    const word = packet.readUInt32BE(at);
    const first = word & SEQUENCE_MASK;
    if (word <= SEQUENCE_MASK) {
      ranges.push({ first, last: first });
      continue;
    }
    at += 4;
    if (at + 4 > packet.length) break;
    const last = packet.readUInt32BE(at) & SEQUENCE_MASK;
    const span = sequenceDistance(first, last);
    if (span >= 0 && span < MAX_NAK_SPAN) ranges.push({ first, last });
  }
  return ranges;
}

/** A NAK like `packet`, with its header, that names `ranges`. */
export function renderNak(packet: Buffer, ranges: readonly SequenceRange[]): Buffer {
  const words = ranges.flatMap(({ first, last }) =>
    first === last ? [first] : [first + 0x8000_0000, last],
  );
  const rendered = Buffer.alloc(SRT_HEADER_BYTES + words.length * 4);
  packet.copy(rendered, 0, 0, SRT_HEADER_BYTES);
  for (const [index, word] of words.entries()) {
    rendered.writeUInt32BE(word, SRT_HEADER_BYTES + index * 4);
  }
  return rendered;
}

const HANDSHAKE_BODY_BYTES = 48;
const HSREQ = 1;
const HSRSP = 2;

/**
 * The larger TSBPD delay of a version 5 handshake's HSREQ or HSRSP extension, in
 * ms (draft §3.2.1.1): how long after sending a packet is of use. `undefined`
 * when the handshake carries none.
 */
export function readLatencyMs(handshake: Buffer): number | undefined {
  let at = SRT_HEADER_BYTES + HANDSHAKE_BODY_BYTES;
  while (at + 4 <= handshake.length) {
    const type = handshake.readUInt16BE(at);
    const bytes = handshake.readUInt16BE(at + 2) * 4;
    if ((type === HSREQ || type === HSRSP) && bytes >= 12 && at + 16 <= handshake.length) {
      return Math.max(handshake.readUInt16BE(at + 12), handshake.readUInt16BE(at + 14));
    }
    at += 4 + bytes;
  }
  return undefined;
}
