/** NAL units of H.264: their types (ITU-T H.264 table 7-1), and those of an access unit. */

export const NAL = {
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  filler: 12,
  // In RTP payloads only (RFC 6184 table 1).
  stapA: 24,
  fuA: 28,
} as const;

export function nalType(nal: Buffer): number {
  return typeOfHeader(nal[0] ?? 0);
}

/** Of a NAL unit's first byte, or of the second one of a fragment in RTP. */
export function typeOfHeader(header: number): number {
  return header & 0x1f;
}

/** NAL units of an access unit, which have their length in front; one beyond its end ends it. */
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
