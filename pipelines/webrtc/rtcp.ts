/** What RTCP is for either side (RFC 3550, RFC 4585). Pure. */

/** Types of packets, and formats of feedback. */
export const RTCP = {
  ...{ senderReport: 200, receiverReport: 201, description: 202 },
  ...{ transportFeedback: 205, payloadFeedback: 206 },
  ...{ nack: 1, pli: 1, fir: 4, applicationLayer: 15 },
} as const;

/** From 1900, where NTP begins, to 1970. */
export const NTP_OFFSET_S = 2_208_988_800;

/** The packets of a compound one; what is malformed ends it. */
export function splitCompound(packet: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= packet.length && (packet[at] ?? 0) >> 6 === 2) {
    const bytes = (packet.readUInt16BE(at + 2) + 1) * 4;
    if (at + bytes > packet.length) break;
    parts.push(packet.subarray(at, at + bytes));
    at += bytes;
  }
  return parts;
}
