import { type FileHandle, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parseSegmentHeader,
  renderSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  scanRecords,
} from './record.ts';

/** One file of the spool. Records of a later one come later. */
export interface Segment {
  readonly path: string;
  readonly firstSeq: number;
  /** How much of it is safely on the disk. */
  bytes: number;
}

/** The segment that is written to. */
export interface ActiveSegment extends Segment {
  readonly file: FileHandle;
}

const NAME = /^\d{16}\.seg$/;

export async function listSegments(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => NAME.test(name)).toSorted();
}

/** Reads a segment's header and length; removes one that a crash left without a header. */
export async function openSegment(
  folder: string,
  name: string,
): Promise<{ segment: Segment; header: SegmentHeader } | undefined> {
  const path = join(folder, name);
  const file = await open(path, 'r');
  let header: SegmentHeader | undefined;
  let bytes = 0;
  try {
    const head = Buffer.alloc(SEGMENT_HEADER_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    header = parseSegmentHeader(head.subarray(0, bytesRead));
    bytes = (await file.stat()).size;
  } finally {
    await file.close();
  }
  if (header === undefined) {
    await unlink(path);
    return undefined;
  }
  return { segment: { path, firstSeq: header.firstSeq, bytes }, header };
}

/** Makes a segment whose name and header outlast a power cut. */
export async function createSegment(folder: string, header: SegmentHeader): Promise<ActiveSegment> {
  const path = join(folder, `${String(header.firstSeq).padStart(16, '0')}.seg`);
  const file = await open(path, 'w+', 0o600);
  try {
    await file.write(renderSegmentHeader(header), 0, SEGMENT_HEADER_BYTES, 0);
    await file.datasync();
    await syncFolder(folder);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { path, firstSeq: header.firstSeq, bytes: SEGMENT_HEADER_BYTES, file };
}

/** Opens the newest segment to go on writing, and cuts off what a crash tore. */
export async function resumeSegment(
  segment: Segment,
): Promise<{ active: ActiveSegment; lastSeq: number; tornBytes: number }> {
  const file = await open(segment.path, 'r+');
  const body = await readAt(file, SEGMENT_HEADER_BYTES, segment.bytes - SEGMENT_HEADER_BYTES);
  const { records, goodBytes } = scanRecords(body);
  const end = SEGMENT_HEADER_BYTES + goodBytes;
  const tornBytes = segment.bytes - end;
  if (tornBytes > 0) {
    await file.truncate(end);
    await file.datasync();
  }
  const lastSeq = records.at(-1)?.seq ?? segment.firstSeq - 1;
  return { active: { ...segment, bytes: end, file }, lastSeq, tornBytes };
}

export async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
