import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../hal/os/log.ts';
import { CursorFile } from './cursor.ts';
import { SegmentReader } from './reader.ts';
import { PAYLOAD_MAX_BYTES, renderRecord, type SpoolRecord } from './record.ts';
import { type Found, findSegments } from './recover.ts';
import { SegmentChain } from './segment-chain.ts';
import { SpoolError, type SpoolFigures, type SpoolOptions } from './types.ts';

const SEGMENT_BYTES = 1_048_576;
/** Records that wait for the disk. A burst beyond it is refused by name. */
const PENDING_MAX = 1_024;
const BATCH_MAX = 256;

interface Pending {
  readonly render: (seq: number, session: string) => Buffer;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: SpoolError) => void;
}

/**
 * A bounded, checksummed queue on disk that forgets nothing over a kill -9 or a
 * power cut once `append` resolved.
 *
 * Sequence numbers go on over restarts and are never used twice within a session;
 * only a spool whose files were removed begins a new one.
 */
export class Spool implements AsyncDisposable {
  readonly session: string;
  readonly #options: SpoolOptions;
  readonly #segments: SegmentChain;
  readonly #cursor: CursorFile;
  readonly #reader: SegmentReader;
  #lastSeq: number;
  #ackedSeq: number;
  #pending: Pending[] = [];
  #flushing: Promise<void> | undefined;
  #droppedTotal = 0;
  readonly #wake = new Set<() => void>();

  private constructor(
    options: SpoolOptions,
    cursor: CursorFile,
    found: Omit<Found, 'tornBytes'> & { readonly ackedSeq: number },
  ) {
    this.#options = options;
    const { folder, maxBytes, segmentBytes = Math.min(SEGMENT_BYTES, maxBytes / 4) } = options;
    this.#segments = new SegmentChain(folder, segmentBytes, found);
    this.#cursor = cursor;
    this.#reader = new SegmentReader((damaged) =>
      options.log.error('events damaged on the disk', { damaged }),
    );
    this.session = found.session;
    this.#lastSeq = found.lastSeq;
    this.#ackedSeq = found.ackedSeq;
  }

  /** @throws SpoolError OPEN_FAILED when the folder can be neither read nor made. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { folder, log } = options;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { file, cursor } = await CursorFile.open(join(folder, 'acked'));
      const found = await findSegments(folder).catch(async (error: unknown) => {
        await file.close();
        throw error;
      });
      const isSame = cursor?.session === found.session;
      const ackedSeq = isSame ? cursor.ackedSeq : (found.closed[0] ?? found.active).firstSeq - 1;
      if (found.tornBytes > 0)
        log.warn('event torn by a crash cut off', { bytes: found.tornBytes });
      if (ackedSeq > found.lastSeq)
        log.warn('the disk lost events that had been sent', { events: ackedSeq - found.lastSeq });
      // A number that the broker has seen is not used again, though its record is gone.
      const lastSeq = Math.max(found.lastSeq, ackedSeq);
      const spool = new Spool(options, file, { ...found, lastSeq, ackedSeq });
      log.info('event spool open', { session: spool.session, ...spool.figures() });
      return spool;
    } catch (cause) {
      throw new SpoolError('OPEN_FAILED', `event spool in ${folder}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /**
   * Writes one payload; resolves with its sequence number when it is on the disk.
   *
   * @param render Makes the payload once its number is known.
   * @throws SpoolError WRITE_FAILED, FULL (too many wait for the disk) or TOO_LONG.
   */
  append(render: (seq: number, session: string) => Buffer): Promise<number> {
    if (this.#pending.length >= PENDING_MAX) {
      return Promise.reject(new SpoolError('FULL', `${PENDING_MAX} events wait for the disk`));
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ render, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** The next records behind `afterSeq`, in order; empty where there are none yet. */
  async read(afterSeq: number, most: number): Promise<readonly SpoolRecord[]> {
    if (afterSeq >= this.#lastSeq) return [];
    let segment = this.#segments.after(afterSeq);
    while (segment !== undefined) {
      const records = await this.#reader.read(segment, afterSeq, most);
      if (records.length > 0) return records;
      segment = this.#segments.behind(segment);
    }
    return [];
  }

  /** The broker has everything up to `seq`. Resolves when that is on the disk. */
  async ack(seq: number): Promise<void> {
    if (seq <= this.#ackedSeq) return;
    this.#ackedSeq = Math.min(seq, this.#lastSeq);
    await this.#cursor.save({ session: this.session, ackedSeq: this.#ackedSeq });
    for (;;) {
      const { oldest } = this.#segments;
      if (oldest === undefined || oldest.lastSeq > this.#ackedSeq) return;
      await this.#segments.removeOldest();
    }
  }

  get ackedSeq(): number {
    return this.#ackedSeq;
  }

  /** Resolves when there may be something to read behind `seq`, or `signal` aborts. */
  async appended(seq: number, signal: AbortSignal): Promise<void> {
    if (this.#lastSeq > seq || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#wake.delete(wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#wake.add(wake);
    });
  }

  figures(): SpoolFigures {
    return {
      waiting: this.#lastSeq - this.#ackedSeq,
      bytes: this.#segments.bytes,
      droppedTotal: this.#droppedTotal,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushing;
    await this.#cursor.close();
    await this.#segments.close();
  }

  async #flush(): Promise<void> {
    // Those that are given in one go are one write: all of them are kept, or none.
    await undefined;
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, BATCH_MAX);
      try {
        await this.#write(batch);
      } catch (cause) {
        const error = new SpoolError('WRITE_FAILED', `event spool: ${messageOf(cause)}`, { cause });
        for (const { reject } of batch) reject(error);
      }
    }
    this.#flushing = undefined;
    for (const wake of this.#wake) wake();
  }

  /** One write and one fdatasync for all. A failure leaves the file as it was. */
  async #write(batch: readonly Pending[]): Promise<void> {
    const taken: { readonly pending: Pending; readonly bytes: Buffer }[] = [];
    for (const pending of batch) {
      const payload = pending.render(this.#lastSeq + taken.length + 1, this.session);
      if (payload.length > PAYLOAD_MAX_BYTES) {
        pending.reject(new SpoolError('TOO_LONG', `an event of ${payload.length} bytes`));
        continue;
      }
      const seq = this.#lastSeq + taken.length + 1;
      taken.push({ pending, bytes: renderRecord({ seq, payload }) });
    }
    const bytes = Buffer.concat(taken.map((one) => one.bytes));
    if (bytes.length === 0) return;
    await this.#makeRoom(bytes.length);
    await this.#segments.write(bytes);
    for (const { pending } of taken) pending.resolve(++this.#lastSeq);
  }

  /** Where the spool is full its oldest segments go, though not all was acknowledged. */
  async #makeRoom(bytes: number): Promise<void> {
    await this.#segments.roll(bytes, this.#lastSeq + 1);
    for (;;) {
      const { oldest } = this.#segments;
      if (oldest === undefined || this.#segments.bytes + bytes <= this.#options.maxBytes) return;
      const lost = oldest.lastSeq - Math.max(this.#ackedSeq, oldest.firstSeq - 1);
      if (lost > 0) {
        this.#droppedTotal += lost;
        this.#options.log.error('the event spool is full: its oldest events are lost', { lost });
      }
      await this.#segments.removeOldest();
    }
  }
}
