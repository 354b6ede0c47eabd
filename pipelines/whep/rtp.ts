/** RTP packets of H.264 (RFC 6184) and Opus (RFC 7587). Pure. */
import type { AvcConfig } from '../h264/avc-config.ts';

/**
 * Of one payload. With header, extensions and SRTP's tag a packet stays below 1,280 bytes,
 * which every IPv6 network carries.
 */
export const PAYLOAD_MAX_BYTES = 1_160;
/** A packet with all that its header may have. */
export const PACKET_MAX_BYTES = 1_200;

const NAL_TYPE = 0x1f;
const IDR = 5;
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
const FU_A = 28;

/** NAL units of an access unit; a length beyond its end ends it. */
export function splitNals(unit: Buffer, lengthBytes: number): readonly Buffer[] {
  const nals: Buffer[] = [];
  let at = 0;
  while (at + lengthBytes <= unit.length) {
    const bytes = unit.readUIntBE(at, lengthBytes);
    at += lengthBytes;
    if (bytes === 0 || at + bytes > unit.length) break;
    nals.push(unit.subarray(at, at + bytes));
    at += bytes;
  }
  return nals;
}

/**
 * The payloads of one access unit, in order. A key frame carries its parameter sets: a
 * viewer may begin with any of them.
 */
export function packetize(unit: Buffer, format: AvcConfig): readonly Buffer[] {
  const nals = splitNals(unit, format.lengthBytes);
  const types = nals.map((nal) => (nal[0] ?? 0) & NAL_TYPE);
  const isBare = types.includes(IDR) && !(types.includes(SPS) && types.includes(PPS));
  const sent = [...(isBare ? format.parameterSets : []), ...nals];
  return sent.flatMap((nal) => (((nal[0] ?? 0) & NAL_TYPE) === DELIMITER ? [] : split(nal)));
}

/** One NAL unit as it is, or in fragments of about the same size (FU-A, RFC 6184 §5.8). */
function split(nal: Buffer): readonly Buffer[] {
  if (nal.length <= PAYLOAD_MAX_BYTES) return [nal];
  const header = nal[0] ?? 0;
  const count = Math.ceil((nal.length - 1) / (PAYLOAD_MAX_BYTES - 2));
  const size = Math.ceil((nal.length - 1) / count);
  const fragments: Buffer[] = [];
  for (let at = 1; at < nal.length; at += size) {
    const end = Math.min(nal.length, at + size);
    const flags = (at === 1 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
    const start = Buffer.from([(header & 0xe0) | FU_A, flags | (header & NAL_TYPE)]);
    fragments.push(Buffer.concat([start, nal.subarray(at, end)]));
  }
  return fragments;
}

export interface PacketHeader {
  readonly payloadType: number;
  /** Of a picture: the last packet of its frame. */
  readonly isMarked: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Number of the extension `abs-send-time`, where the viewer takes it. */
  readonly sendTimeId?: number | undefined;
  /** When it is sent, in ms of any clock. */
  readonly sentMs: number;
}

/**
 * Writes a packet (RFC 3550 §5.1) into a buffer of {@link PACKET_MAX_BYTES}.
 *
 * @returns its length.
 */
export function writePacket(into: Buffer, header: PacketHeader, payload: Buffer): number {
  const { sendTimeId } = header;
  into[0] = sendTimeId === undefined ? 0x80 : 0x90;
  into[1] = header.payloadType | (header.isMarked ? 0x80 : 0);
  into.writeUInt16BE(header.sequence & 0xffff, 2);
  into.writeUInt32BE(header.timestamp >>> 0, 4);
  into.writeUInt32BE(header.ssrc >>> 0, 8);
  let at = 12;
  if (sendTimeId !== undefined) {
    // One extension of three bytes, by RFC 8285 §4.2: seconds with 18 bits of fraction.
    into.writeUInt32BE(0xbede_0001, at);
    into[at + 4] = (sendTimeId << 4) | 2;
    into.writeUIntBE(Math.floor((header.sentMs % 64_000) * 262.144) & 0xff_ffff, at + 5, 3);
    at += 8;
  }
  return at + payload.copy(into, at);
}
