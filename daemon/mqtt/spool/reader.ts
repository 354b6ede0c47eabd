import { open } from 'node:fs/promises';
import { SEGMENT_HEADER_BYTES, type SpoolRecord, scanRecords } from './record.ts';
import { readAt, type Segment } from './segments.ts';

/** A record is far shorter: each read holds at least one. */
const READ_BYTES = 262_144;

/** Reads records in order, and goes on where it was: a backlog is read once. */
export class SegmentReader {
  readonly #onDamage: (records: number) => void;
  #position: { readonly path: string; readonly bytes: number; readonly seq: number } | undefined;

  constructor(onDamage: (records: number) => void) {
    this.#onDamage = onDamage;
  }

  /** Records of one segment behind `afterSeq`, `most` of them; empty where it holds none. */
  async read(segment: Segment, afterSeq: number, most: number): Promise<readonly SpoolRecord[]> {
    // The oldest may just have been removed to make room: then there is nothing to read.
    const file = await open(segment.path, 'r').catch(() => undefined);
    if (file === undefined) return [];
    try {
      for (let from = this.#startOf(segment, afterSeq); from < segment.bytes; ) {
        const body = await readAt(file, from, Math.min(READ_BYTES, segment.bytes - from));
        const { records, goodBytes, damaged } = scanRecords(body);
        if (damaged > 0) this.#onDamage(damaged);
        if (goodBytes === 0) break;
        const wanted = records.filter(({ seq }) => seq > afterSeq).slice(0, most);
        const last = wanted.at(-1);
        if (last !== undefined) {
          this.#position = { path: segment.path, seq: last.seq, bytes: from + last.endBytes };
          return wanted;
        }
        from += goodBytes;
      }
      return [];
    } finally {
      await file.close();
    }
  }

  #startOf({ path }: Segment, afterSeq: number): number {
    const at = this.#position;
    return at?.path === path && at.seq === afterSeq ? at.bytes : SEGMENT_HEADER_BYTES;
  }
}
