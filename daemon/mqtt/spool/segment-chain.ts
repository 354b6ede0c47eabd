import { unlink } from 'node:fs/promises';
import { SEGMENT_HEADER_BYTES } from './record.ts';
import type { Found } from './recover.ts';
import { type ActiveSegment, createSegment, type Segment } from './segments.ts';

/** The spool's segments as one file that grows at its end and goes from its start. */
export class SegmentChain {
  readonly #folder: string;
  readonly #session: string;
  readonly #segmentBytes: number;
  readonly #closed: Segment[];
  #active: ActiveSegment;

  /** @param segmentBytes A segment is closed before it grows beyond this. */
  constructor(
    folder: string,
    segmentBytes: number,
    { session, closed, active }: Pick<Found, 'session' | 'closed' | 'active'>,
  ) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#session = session;
    this.#closed = [...closed];
    this.#active = active;
  }

  /** What all segments take on the disk. */
  get bytes(): number {
    return this.#closed.reduce((sum, { bytes }) => sum + bytes, this.#active.bytes);
  }

  /** First and last record of the oldest segment that may go; undefined where none may. */
  get oldest(): { readonly firstSeq: number; readonly lastSeq: number } | undefined {
    const [oldest, next = this.#active] = this.#closed;
    return oldest && { firstSeq: oldest.firstSeq, lastSeq: next.firstSeq - 1 };
  }

  async removeOldest(): Promise<void> {
    const oldest = this.#closed.shift();
    if (oldest !== undefined) await unlink(oldest.path);
  }

  /** Begins the next segment, with record `seq`, where the present one has no room for so much. */
  async roll(bytes: number, seq: number): Promise<void> {
    const isFull = this.#active.bytes + bytes > this.#segmentBytes;
    if (!isFull || this.#active.bytes <= SEGMENT_HEADER_BYTES) return;
    const next = await createSegment(this.#folder, { session: this.#session, firstSeq: seq });
    const { file, ...closed } = this.#active;
    this.#closed.push(closed);
    this.#active = next;
    await file.close();
  }

  /** Resolves when it is on the disk. Rejects with the file as it was. */
  async write(bytes: Buffer): Promise<void> {
    const { file, bytes: at } = this.#active;
    try {
      const { bytesWritten } = await file.write(bytes, 0, bytes.length, at);
      if (bytesWritten < bytes.length) throw new Error('the disk is full');
      await file.datasync();
    } catch (error) {
      await file.truncate(at).catch(() => undefined);
      throw error;
    }
    this.#active.bytes = at + bytes.length;
  }

  /** The segment of the record behind `seq`, or the oldest where that has gone. */
  after(seq: number): Segment | undefined {
    const all = this.#all();
    return all.findLast(({ firstSeq }) => firstSeq <= seq + 1) ?? all[0];
  }

  /** The next segment behind this one, though it may have gone meanwhile. */
  behind(segment: Segment): Segment | undefined {
    return this.#all().find(({ firstSeq }) => firstSeq > segment.firstSeq);
  }

  async close(): Promise<void> {
    await this.#active.file.close();
  }

  #all(): readonly Segment[] {
    return [...this.#closed, this.#active];
  }
}
