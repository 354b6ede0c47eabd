/** The bytes of the event spool: segment headers and records, each with its checksum. */
import { crc32 } from 'node:zlib';
import type { BoxEvent } from '../../model/commands.ts';

/**
 * A segment is a header and records, all little-endian:
 *
 *     0          8            24         32      36
 *     | VBSPOOL1 | session    | firstSeq | crc   | records …
 *
 *     0        4      8      16
 *     | length | crc  | seq  | payload, length bytes |
 *
 * Each crc is the CRC-32 of all other bytes of its header or record.
 */
const MAGIC = Buffer.from('VBSPOOL1');
const SESSION_CHARS = 16;
export const SEGMENT_HEADER_BYTES = 36;
const RECORD_HEADER_BYTES = 16;
/** A record that claims a longer payload is damaged. */
export const PAYLOAD_MAX_BYTES = 16_384;

interface SegmentHeader {
  readonly session: string;
  readonly firstSeq: number;
}

/** The spool takes any type. */
export type RecordedEvent = Omit<BoxEvent, 'type'> & { readonly type: string };

export interface SpoolRecord {
  readonly seq: number;
  readonly payload: Buffer;
}

interface Scan {
  /** Views of the scanned bytes. */
  readonly records: readonly SpoolRecord[];
  /** Where the last good record ends. */
  readonly goodBytes: number;
  /** Records with a wrong checksum, followed by a good one. */
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

/** Undefined unless it is a complete and undamaged header. */
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

/** What records take on the disk, with the header of the segment that they may start. */
export function bytesOf(records: readonly SpoolRecord[]): number {
  const each = records.map(({ payload }) => RECORD_HEADER_BYTES + payload.length);
  return each.reduce((sum, bytes) => sum + bytes, SEGMENT_HEADER_BYTES);
}

/**
 * Reads records from the start of `bytes` until they end or make no sense. Bytes behind
 * `goodBytes` were torn by a crash, or are the start of a record that is not complete.
 */
export function scanRecords(bytes: Buffer): Scan {
  const records: SpoolRecord[] = [];
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
      records.push({ seq, payload: record.subarray(RECORD_HEADER_BYTES) });
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
