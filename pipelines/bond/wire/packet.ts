/**
 * SRTLA v2 packets: what the two ends of a bond exchange beside the SRT packets.
 * UDP, big-endian, the first 16 bits are the type.
 * (BELABOX/srtla and irlserver/srtla, `common.h`; with their names.)
 */

export const SRTLA_ID_BYTES = 256;

/** Sequence numbers in an SRTLA ACK, which the receiver sends after as many packets. */
export const SEQUENCES_PER_ACK = 10;

const KEEPALIVE = 0x9000;
const ACK = 0x9100;
const REG1 = 0x9200;
const REG2 = 0x9201;
const REG3 = 0x9202;
const REG_ERR = 0x9210;
const REG_NGP = 0x9211;
const REG_NAK = 0x9212;

const KEEPALIVE_MAGIC = 0xc01f;
const KEEPALIVE_VERSION = 1;
const TIMED_BYTES = 10;
const EXTENDED_BYTES = 38;

/** The sender's figures of a link, in each extended keepalive. */
export interface Telemetry {
  readonly connectionId: number;
  /** Packets that may be in flight. */
  readonly window: number;
  readonly inFlight: number;
  readonly rttMs: number;
  readonly nakTotal: number;
  readonly bytesPerS: number;
}

export type SrtlaPacket =
  /** `timeMs` is the sender's clock; the receiver echoes every byte. */
  | { kind: 'keepalive'; timeMs?: number; telemetry?: Telemetry }
  | { kind: 'ack'; sequences: readonly number[] }
  | { kind: 'reg1' | 'reg2'; id: Buffer }
  | { kind: 'reg3' | 'reg-err' | 'no-group' | 'reg-nak' };

/** True for what only SRTLA sends: SRT's own control types lie elsewhere. */
export function isSrtla(packet: Buffer): boolean {
  return packet.length >= 2 && ((packet[0] ?? 0) & 0xf0) === 0x90;
}

/**
 * Reads a packet by its type at any length that holds its fields, since some
 * receivers pad short replies to 32 bytes. `undefined` for everything else.
 * The id is a view into `packet`.
 */
export function parseSrtla(packet: Buffer): SrtlaPacket | undefined {
  if (packet.length < 2) return undefined;
  switch (packet.readUInt16BE(0)) {
    case KEEPALIVE:
      return parseKeepalive(packet);
    case ACK:
      return parseAck(packet);
    case REG1:
      return parseId('reg1', packet);
    case REG2:
      return parseId('reg2', packet);
    case REG3:
      return { kind: 'reg3' };
    case REG_ERR:
      return { kind: 'reg-err' };
    case REG_NGP:
      return { kind: 'no-group' };
    case REG_NAK:
      return { kind: 'reg-nak' };
    default:
      return undefined;
  }
}

/** Some carriers drop tiny datagrams; receivers read a packet by its type at any length. */
const MIN_REPLY_BYTES = 32;

/** A relay's reply: as {@link renderSrtla}, with zeros up to 32 bytes. */
export function renderReply(packet: SrtlaPacket): Buffer {
  return padTo(renderSrtla(packet), MIN_REPLY_BYTES);
}

/** The packet with zeros up to `bytes`; a longer one as it is. */
export function padTo(packet: Buffer, bytes: number): Buffer {
  if (packet.length >= bytes) return packet;
  return Buffer.concat([packet, Buffer.alloc(bytes - packet.length)]);
}

function parseId(kind: 'reg1' | 'reg2', packet: Buffer): SrtlaPacket | undefined {
  const end = 2 + SRTLA_ID_BYTES;
  return packet.length < end ? undefined : { kind, id: packet.subarray(2, end) };
}

function parseAck(packet: Buffer): SrtlaPacket {
  const sequences: number[] = [];
  const end = Math.min(packet.length, 4 + SEQUENCES_PER_ACK * 4);
  for (let at = 4; at + 4 <= end; at += 4) sequences.push(packet.readUInt32BE(at) & 0x7fff_ffff);
  return { kind: 'ack', sequences };
}

function parseKeepalive(packet: Buffer): SrtlaPacket {
  if (packet.length < TIMED_BYTES) return { kind: 'keepalive' };
  const timeMs = packet.readUInt32BE(2) * 0x1_0000_0000 + packet.readUInt32BE(6);
  const isExtended =
    packet.length >= EXTENDED_BYTES &&
    packet.readUInt16BE(10) === KEEPALIVE_MAGIC &&
    packet.readUInt16BE(12) === KEEPALIVE_VERSION;
  if (!isExtended) return { kind: 'keepalive', timeMs };
  const telemetry: Telemetry = {
    connectionId: packet.readUInt32BE(14),
    window: packet.readInt32BE(18),
    inFlight: packet.readInt32BE(22),
    rttMs: packet.readUInt32BE(26),
    nakTotal: packet.readUInt32BE(30),
    bytesPerS: packet.readUInt32BE(34),
  };
  return { kind: 'keepalive', timeMs, telemetry };
}

/** The packet's bytes, never padded. Telemetry must lie within its fields' ranges. */
export function renderSrtla(packet: SrtlaPacket): Buffer {
  switch (packet.kind) {
    case 'keepalive':
      return renderKeepalive(packet.timeMs, packet.telemetry);
    case 'ack':
      return renderAck(packet.sequences);
    case 'reg1':
      return Buffer.concat([renderType(REG1), packet.id]);
    case 'reg2':
      return Buffer.concat([renderType(REG2), packet.id]);
    case 'reg3':
      return renderType(REG3);
    case 'reg-err':
      return renderType(REG_ERR);
    case 'no-group':
      return renderType(REG_NGP);
    case 'reg-nak':
      return renderType(REG_NAK);
  }
}

function renderType(type: number): Buffer {
  return Buffer.from([type >> 8, type & 0xff]);
}

function renderAck(sequences: readonly number[]): Buffer {
  const packet = Buffer.alloc(4 + sequences.length * 4);
  packet.writeUInt16BE(ACK, 0);
  for (const [index, sequence] of sequences.entries()) {
    packet.writeUInt32BE(sequence, 4 + index * 4);
  }
  return packet;
}

function renderKeepalive(timeMs?: number, telemetry?: Telemetry): Buffer {
  if (timeMs === undefined) return renderType(KEEPALIVE);
  const packet = Buffer.alloc(telemetry === undefined ? TIMED_BYTES : EXTENDED_BYTES);
  packet.writeUInt16BE(KEEPALIVE, 0);
  packet.writeBigUInt64BE(BigInt(timeMs), 2);
  if (telemetry === undefined) return packet;
  packet.writeUInt16BE(KEEPALIVE_MAGIC, 10);
  packet.writeUInt16BE(KEEPALIVE_VERSION, 12);
  packet.writeUInt32BE(telemetry.connectionId, 14);
  packet.writeInt32BE(telemetry.window, 18);
  packet.writeInt32BE(telemetry.inFlight, 22);
  packet.writeUInt32BE(telemetry.rttMs, 26);
  packet.writeUInt32BE(telemetry.nakTotal, 30);
  packet.writeUInt32BE(telemetry.bytesPerS, 34);
  return packet;
}
