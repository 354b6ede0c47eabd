/** RTP packets of H.264 (RFC 6184) and Opus (RFC 7587). Pure. */

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

/** H.264 as the stream has it: parameter sets apart, and NAL units by their lengths. */
export interface H264Format {
  readonly lengthBytes: number;
  /** SPS and PPS. */
  readonly parameterSets: readonly Buffer[];
}

/**
 * Reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1); undefined where it is
 * too short.
 */
export function readH264Format(config: Buffer): H264Format | undefined {
  const parameterSets: Buffer[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (config[at] ?? 0) & mask;
    at += 1;
    for (let i = 0; i < count; i += 1) {
      if (at + 2 > config.length) return undefined;
      const bytes = config.readUInt16BE(at);
      if (at + 2 + bytes > config.length) return undefined;
      parameterSets.push(config.subarray(at + 2, at + 2 + bytes));
      at += 2 + bytes;
    }
  }
  if (parameterSets.length < 2) return undefined;
  return { lengthBytes: ((config[4] ?? 3) & 3) + 1, parameterSets };
}

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
export function packetize(unit: Buffer, format: H264Format): readonly Buffer[] {
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
