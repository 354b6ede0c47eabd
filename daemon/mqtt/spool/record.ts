import { crc32 } from 'node:zlib';

/**
 * The spool's bytes. A segment is a header and records, all little-endian:
 *
 *     0          8            24         32      36
 *     | VBSPOOL1 | session    | firstSeq | crc   | records …
 *
 *     0        4      8      16
 *     | length | crc  | seq  | payload, length bytes |
 *
 * Each crc is the CRC-32 of all else in its header or record.
 */
const MAGIC = Buffer.from('VBSPOOL1');
export const SESSION_CHARS = 16;
export const SEGMENT_HEADER_BYTES = 36;
export const RECORD_HEADER_BYTES = 16;
/** Longest payload; a reader takes a longer one for damage. */
export const PAYLOAD_MAX_BYTES = 16_384;

export interface SegmentHeader {
  readonly session: string;
  readonly firstSeq: number;
}

export interface SpoolRecord {
  readonly seq: number;
  readonly payload: Buffer;
}

export interface ScannedRecord extends SpoolRecord {
  /** Where it ends, from the start of what was scanned. */
  readonly endBytes: number;
}

export interface Scan {
  readonly records: readonly ScannedRecord[];
  /** Where the last good record ends. */
  readonly goodBytes: number;
  /** Records whose checksum was wrong, with good ones behind them. */
  readonly damaged: number;
}

export function renderSegmentHeader({ session, firstSeq }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.write(session, MAGIC.length, SESSION_CHARS, 'latin1');
  bytes.writeBigUInt64LE(BigInt(firstSeq), 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32);
  return bytes;
}

/** Undefined for anything that is no whole and undamaged header. */
export function parseSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  if (bytes.readUInt32LE(32) !== crc32(bytes.subarray(0, 32))) return undefined;
  return {
    session: bytes.toString('latin1', 8, 8 + SESSION_CHARS),
    firstSeq: Number(bytes.readBigUInt64LE(24)),
  };
}

export function renderRecord({ seq, payload }: SpoolRecord): Buffer {
  const bytes = Buffer.alloc(RECORD_HEADER_BYTES + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeBigUInt64LE(BigInt(seq), 8);
  payload.copy(bytes, RECORD_HEADER_BYTES);
  bytes.writeUInt32LE(checksum(bytes), 4);
  return bytes;
}

/**
 * Reads records from the start of `bytes` until they end or make no sense. What
 * is behind `goodBytes` was torn by a crash, or has not come whole yet.
 */
export function scanRecords(bytes: Buffer): Scan {
  const records: ScannedRecord[] = [];
  let goodBytes = 0;
  let damaged = 0;
  let suspects = 0;
  for (let at = 0; at + RECORD_HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    const end = at + RECORD_HEADER_BYTES + length;
    if (length > PAYLOAD_MAX_BYTES || end > bytes.length) break;
    const record = bytes.subarray(at, end);
    if (record.readUInt32LE(4) === checksum(record)) {
      const seq = Number(record.readBigUInt64LE(8));
      const payload = Buffer.from(record.subarray(RECORD_HEADER_BYTES));
      records.push({ seq, payload, endBytes: end });
      goodBytes = end;
      damaged += suspects;
      suspects = 0;
    } else {
      suspects += 1;
    }
    at = end;
  }
  return { records, goodBytes, damaged };
}

function checksum(record: Buffer): number {
  return crc32(record.subarray(8), crc32(record.subarray(0, 4)));
}
