/** RTP packets of H.264 (RFC 6184) and Opus (RFC 7587). Pure. */
import type { AvcConfig } from '../h264/avc-config.ts';
import { NAL, nalType, splitNals, typeOfHeader } from '../h264/nal.ts';

/**
 * Of one payload. With header, extensions and SRTP's tag a packet stays below 1,280 bytes,
 * which every IPv6 network carries.
 */
export const PAYLOAD_MAX_BYTES = 1_160;
/** A packet with all that its header may have. */
export const PACKET_MAX_BYTES = 1_200;

/**
 * The payloads of one access unit, in order. A key frame carries its parameter sets: a
 * viewer may begin with any of them.
 */
export function packetize(unit: Buffer, format: AvcConfig): readonly Buffer[] {
  const nals = splitNals(unit, format.lengthBytes);
  const types = nals.map(nalType);
  const isBare = types.includes(NAL.idr) && !(types.includes(NAL.sps) && types.includes(NAL.pps));
  const sent = [...(isBare ? format.parameterSets : []), ...nals];
  return sent.flatMap((nal) => (nalType(nal) === NAL.delimiter ? [] : split(nal)));
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
    const start = Buffer.from([(header & 0xe0) | NAL.fuA, flags | typeOfHeader(header)]);
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
