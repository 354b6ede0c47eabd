/** The files of the event spool: records are added to the newest, and the oldest is removed. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readAt, syncFolder, writeAll } from '../../../hal/os/durable.ts';
import type { Log } from '../../../hal/os/log.ts';
import { putAside } from '../../../hal/os/save-file.ts';
import {
  parseSegmentHeader,
  renderRecord,
  renderSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SpoolRecord,
  scanRecords,
} from './record.ts';

interface Segment {
  readonly path: string;
  readonly firstSeq: number;
  /** How much of it is on the disk. */
  bytes: number;
}

export interface SegmentOptions {
  readonly folder: string;
  /** A segment is closed before it grows beyond this. */
  readonly segmentBytes: number;
  readonly log: Log;
}

const NAME = /^\d{16}\.seg$/;

/** Holds the records of two segments in memory: the one written to and the one last read. */
export class Segments {
  /** Names the numbering of records: new only where there was no segment. */
  readonly session: string;
  readonly #options: SegmentOptions;
  /** Oldest first; the last one is written to. */
  readonly #all: Segment[];
  #file: FileHandle;
  #newest: SpoolRecord[];
  #lastRead: { readonly path: string; readonly records: readonly SpoolRecord[] } | undefined;

  private constructor(
    options: SegmentOptions,
    session: string,
    segments: Segment[],
    file: FileHandle,
    records: readonly SpoolRecord[] = [],
  ) {
    this.#options = options;
    this.session = session;
    this.#all = segments;
    this.#file = file;
    this.#newest = [...records];
  }

  /** Opens the segments of a folder; removes a record that a crash tore. Makes the first segment. */
  static async open(options: SegmentOptions): Promise<Segments> {
    const { folder, log } = options;
    const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted();
    const found = [];
    for (const name of names) found.push(...(await openSegment(join(folder, name), log)));
    const newest = found.at(-1);
    if (newest === undefined) {
      const session = randomBytes(8).toString('hex');
      const { segment, file } = await createSegment(folder, session, 1);
      return new Segments(options, session, [segment], file);
    }
    const file = await open(newest.path, 'r+');
    const body = (await readFile(newest.path)).subarray(SEGMENT_HEADER_BYTES);
    const { records, goodBytes, damaged } = scanRecords(body);
    if (damaged > 0) log.error('events damaged on the disk', { damaged });
    newest.bytes = SEGMENT_HEADER_BYTES + goodBytes;
    if (body.length > goodBytes) {
      log.warn('torn event removed', { bytes: body.length - goodBytes });
      await file.truncate(newest.bytes);
      await file.datasync();
    }
    const ours = found.filter(({ session }) => session === newest.session);
    return new Segments(options, newest.session, ours, file, records);
  }

  /** On the disk, of all segments. */
  get bytes(): number {
    return this.#all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get firstSeq(): number {
    return this.#all[0]?.firstSeq ?? 1;
  }

  /** One less than `firstSeq` where there is no record. */
  get lastSeq(): number {
    return this.#newest.at(-1)?.seq ?? this.#active.firstSeq - 1;
  }

  /** The last record of the oldest segment; undefined where that is the one written to. */
  get oldestLastSeq(): number | undefined {
    const next = this.#all[1];
    return next && next.firstSeq - 1;
  }

  async removeOldest(): Promise<void> {
    const oldest = this.#all.length > 1 ? this.#all.shift() : undefined;
    if (oldest !== undefined) await unlink(oldest.path);
  }

  /** Resolves when the records are on the disk. Rejects with the files as they were. */
  async append(records: readonly SpoolRecord[]): Promise<void> {
    const bytes = Buffer.concat(records.map(renderRecord));
    await this.#roll(bytes.length, records[0]?.seq ?? 0);
    const { bytes: end } = this.#active;
    try {
      await writeAll(this.#file, bytes, end);
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(end).catch(() => undefined);
      throw error;
    }
    this.#active.bytes += bytes.length;
    this.#newest.push(...records);
  }

  /** Up to `max` records behind `afterSeq`, in order. */
  async read(afterSeq: number, max: number): Promise<readonly SpoolRecord[]> {
    const first = this.#all.findLastIndex(({ firstSeq }) => firstSeq <= afterSeq + 1);
    for (const segment of this.#all.slice(Math.max(0, first))) {
      const records = await this.#recordsOf(segment);
      const wanted = records.filter(({ seq }) => seq > afterSeq).slice(0, max);
      if (wanted.length > 0) return wanted;
    }
    return [];
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  get #active(): Segment {
    return this.#all.at(-1) as Segment;
  }

  /** Starts the next segment, with record `seq`, where `bytes` more do not fit in this one. */
  async #roll(bytes: number, seq: number): Promise<void> {
    const { folder, segmentBytes } = this.#options;
    const isEmpty = this.#active.bytes <= SEGMENT_HEADER_BYTES;
    if (isEmpty || this.#active.bytes + bytes <= segmentBytes) return;
    const { segment, file } = await createSegment(folder, this.session, seq);
    const before = this.#file;
    this.#all.push(segment);
    this.#file = file;
    this.#newest = [];
    await before.close();
  }

  async #recordsOf(segment: Segment): Promise<readonly SpoolRecord[]> {
    const { path } = segment;
    if (segment === this.#active) return this.#newest;
    if (this.#lastRead?.path !== path) {
      // It may just have been removed to make room.
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      const { records, damaged } = scanRecords(bytes.subarray(SEGMENT_HEADER_BYTES));
      if (damaged > 0) this.#options.log.error('events damaged on the disk', { damaged });
      this.#lastRead = { path, records };
    }
    return this.#lastRead.records;
  }
}

/**
 * Empty for a file that a crash left without its header, which is removed, and for what is put
 * aside: what is no file, as no event could be saved beside it, and events behind a header that is
 * damaged, or that a newer version wrote.
 */
async function openSegment(
  path: string,
  log: Log,
): Promise<readonly (Segment & { session: string })[]> {
  const info = await lstat(path);
  const notUsed = async () => {
    log.warn('event file put aside', { path, aside: await putAside(path) });
    return [];
  };
  if (!info.isFile()) return await notUsed();
  const file = await open(path, 'r');
  try {
    const header = parseSegmentHeader(await readAt(file, 0, SEGMENT_HEADER_BYTES));
    if (header !== undefined) return [{ path, ...header, bytes: info.size }];
  } finally {
    await file.close();
  }
  if (info.size > SEGMENT_HEADER_BYTES) return await notUsed();
  await unlink(path);
  return [];
}

/** Makes a segment whose name and header outlast a power cut. */
async function createSegment(folder: string, session: string, firstSeq: number) {
  const path = join(folder, `${String(firstSeq).padStart(16, '0')}.seg`);
  const file = await open(path, 'w+', 0o600);
  try {
    await writeAll(file, renderSegmentHeader({ session, firstSeq }), 0);
    await file.datasync();
    await syncFolder(folder);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { segment: { path, firstSeq, bytes: SEGMENT_HEADER_BYTES }, file };
}
