/** RTP packets of a publisher (RFC 3550 §5.1). Pure. */

export interface RtpPacket {
  readonly payloadType: number;
  /** Of a picture: the last packet of its frame. */
  readonly isMarked: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

const HEADER_BYTES = 12;

/** RTCP on the same port: its types lie where RTP has none (RFC 5761 §4). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return packet.length >= 8 && type >= 192 && type <= 223;
}

/** Undefined where it is malformed. */
export function parsePacket(packet: Buffer): RtpPacket | undefined {
  const flags = packet[0] ?? 0;
  if (packet.length < HEADER_BYTES || flags >> 6 !== 2) return undefined;
  let from = HEADER_BYTES + (flags & 0x0f) * 4;
  if ((flags & 0x10) !== 0) {
    if (from + 4 > packet.length) return undefined;
    from += 4 + packet.readUInt16BE(from + 2) * 4;
  }
  const paddingBytes = (flags & 0x20) === 0 ? 0 : (packet.at(-1) ?? 0);
  const end = packet.length - paddingBytes;
  if (from > end) return undefined;
  return {
    payloadType: (packet[1] ?? 0) & 0x7f,
    isMarked: ((packet[1] ?? 0) & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(from, end),
  };
}
