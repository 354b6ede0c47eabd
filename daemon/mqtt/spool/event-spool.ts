/** The queue of events for the broker: bounded, on disk, and in order. */
import { EventEmitter, once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { pause } from '../../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../../hal/os/log.ts';
import type { EventsState } from '../../model/snapshot.ts';
import { readCursor, saveCursor } from './cursor.ts';
import { bytesOf, PAYLOAD_MAX_BYTES, type RecordedEvent, type SpoolRecord } from './record.ts';
import { Segments } from './segments.ts';

export class SpoolError extends Error {
  /** FULL: too many wait for the disk. ENDED: the box ends, and the disk still takes none. */
  readonly code: 'FULL' | 'ENDED';

  constructor(code: SpoolError['code'], message: string) {
    super(message);
    this.name = 'SpoolError';
    this.code = code;
  }
}

export interface SpoolOptions extends ClockAndLog {
  readonly folder: string;
  /** Of all segments; the oldest is removed first, and its events are counted as lost. */
  readonly maxBytes: number;
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 1_048_576;
/** Events in memory that wait for the disk. */
const WAITING_MAX = 1_024;
/** Written at once: the memory of a write is bounded by it. */
const BATCH_MAX = 64;
const RETRY_MS = 10_000;
/** The longest payload less its envelope and type. */
const DATA_MAX_BYTES = PAYLOAD_MAX_BYTES - 1_024;

interface Waiting {
  readonly render: (seq: number, session: string) => Buffer;
  readonly resolve: () => void;
  readonly reject: (error: SpoolError) => void;
}

/**
 * Loses no event over a kill -9 or a power cut once `record` has resolved. While the disk
 * takes none, events wait in memory and the disk is tried again.
 *
 * Sequence numbers continue over restarts and are never used twice within a session; only
 * a spool whose files were removed starts a new session.
 */
export class EventSpool implements AsyncDisposable {
  readonly #options: SpoolOptions;
  readonly #ending = new AbortController();
  readonly #changes = new EventEmitter();
  #segments: Segments | undefined;
  #lastSeq = 0;
  #ackedSeq = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #saving = Promise.resolve();
  #diskFault: string | undefined;
  #refusal: string | undefined;
  #lostTotal = 0;
  /** `lostTotal` when the queue was last empty. */
  #lostBefore = 0;

  private constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Resolves after the first try to open the files; where that failed it is tried again. */
  static async open(options: SpoolOptions): Promise<EventSpool> {
    const spool = new EventSpool(options);
    if (!(await spool.#tryWrite())) spool.#writing ??= spool.#keepWriting();
    return spool;
  }

  /**
   * Resolves when the event is on the disk. Data that is too long is left out of it.
   *
   * @throws SpoolError
   */
  async record({ type, severity, atMs, data }: RecordedEvent): Promise<void> {
    const dataBytes = Buffer.byteLength(JSON.stringify(data));
    const isLong = dataBytes > DATA_MAX_BYTES;
    const body = {
      type: type.slice(0, 63),
      severity,
      data: isLong ? { left_out_b: dataBytes } : data,
    };
    const ts = new Date(atMs).toISOString();
    // The same bytes each time that it is sent.
    const render = (seq: number, session: string) =>
      Buffer.from(JSON.stringify({ v: 1, ts, seq, session, ...body }));
    if (this.#waiting.length >= WAITING_MAX) {
      this.#lostTotal += 1;
      throw new SpoolError('FULL', `${WAITING_MAX} events wait for the disk`);
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ render, resolve, reject });
      this.#writing ??= this.#keepWriting();
    });
  }

  /** Up to `max` events that are not acknowledged, in order; waits for the first one. */
  async next(max: number, signal: AbortSignal): Promise<readonly SpoolRecord[]> {
    while (!signal.aborted && this.#lastSeq <= this.#ackedSeq)
      await once(this.#changes, 'written', { signal }).catch(() => undefined);
    if (signal.aborted) return [];
    return (await this.#segments?.read(this.#ackedSeq, max)) ?? [];
  }

  /** The broker has every event up to `seq`. Resolves when that is on the disk. */
  async ack(seq: number): Promise<void> {
    const segments = this.#segments;
    if (segments === undefined || seq <= this.#ackedSeq) return;
    this.#ackedSeq = Math.min(seq, this.#lastSeq);
    this.#forgetLosses();
    this.#saving = this.#saving
      .catch(() => undefined)
      .then(() =>
        saveCursor(this.#options.folder, { session: segments.session, ackedSeq: this.#ackedSeq }),
      );
    await this.#saving;
    while ((segments.oldestLastSeq ?? Number.POSITIVE_INFINITY) <= this.#ackedSeq)
      await segments.removeOldest();
  }

  /** Why the broker takes no events; undefined when it takes them. */
  refused(reason: string | undefined): void {
    this.#refusal = reason;
  }

  state(): EventsState {
    return {
      waiting: this.#count(),
      lostTotal: this.#lostTotal,
      lostNow: this.#lostTotal - this.#lostBefore,
      ...(this.#diskFault === undefined ? {} : { notSaved: this.#diskFault }),
      ...(this.#refusal === undefined ? {} : { refused: this.#refusal }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#writing;
    await this.#saving.catch(() => undefined);
    await this.#segments?.close();
  }

  #count(): number {
    return this.#lastSeq - this.#ackedSeq + this.#waiting.length;
  }

  #forgetLosses(): void {
    if (this.#count() === 0) this.#lostBefore = this.#lostTotal;
  }

  async #keepWriting(): Promise<void> {
    // Events of the same turn are one write.
    await undefined;
    while (this.#segments === undefined || this.#waiting.length > 0) {
      if (await this.#tryWrite()) continue;
      if (this.#ending.signal.aborted) {
        this.#giveUp();
        break;
      }
      await pause(this.#options.clock, RETRY_MS, this.#ending.signal);
    }
    this.#writing = undefined;
  }

  /** False while the disk takes none. Logs each reason once. */
  async #tryWrite(): Promise<boolean> {
    const { log } = this.#options;
    try {
      this.#segments ??= await this.#openSegments();
      while (this.#waiting.length > 0) await this.#writeBatch(this.#segments);
      if (this.#diskFault !== undefined) log.info('events are saved again');
      this.#diskFault = undefined;
      return true;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== this.#diskFault)
        log.error('events cannot be saved', { reason, ...this.state() });
      this.#diskFault = reason;
      return false;
    }
  }

  async #openSegments(): Promise<Segments> {
    const { folder, maxBytes, log } = this.#options;
    const segmentBytes = this.#options.segmentBytes ?? Math.min(SEGMENT_BYTES, maxBytes / 4);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cursor = await readCursor(folder);
    const segments = await Segments.open({ folder, segmentBytes, log });
    const acked = cursor?.session === segments.session ? cursor.ackedSeq : 0;
    this.#ackedSeq = Math.max(acked, segments.firstSeq - 1);
    // A number that the broker has seen is not used again, though its record is lost.
    this.#lastSeq = Math.max(segments.lastSeq, this.#ackedSeq);
    const lost = this.#lastSeq - segments.lastSeq;
    if (lost > 0) log.warn('acknowledged events lost on the disk', { events: lost });
    const waiting = this.#lastSeq - this.#ackedSeq;
    log.info('event spool open', { session: segments.session, waiting, bytes: segments.bytes });
    return segments;
  }

  /** One write and one fdatasync for several events. */
  async #writeBatch(segments: Segments): Promise<void> {
    const batch = this.#waiting.slice(0, BATCH_MAX);
    const records = batch.map(({ render }, i) => {
      const seq = this.#lastSeq + 1 + i;
      return { seq, payload: render(seq, segments.session) };
    });
    await this.#makeRoom(segments, bytesOf(records));
    await segments.append(records);
    this.#waiting.splice(0, batch.length);
    this.#lastSeq += batch.length;
    for (const { resolve } of batch) resolve();
    this.#changes.emit('written');
  }

  async #makeRoom(segments: Segments, bytes: number): Promise<void> {
    while (segments.bytes + bytes > this.#options.maxBytes) {
      const last = segments.oldestLastSeq;
      if (last === undefined) return;
      const lost = last - this.#ackedSeq;
      if (lost > 0) {
        this.#lostTotal += lost;
        this.#ackedSeq = last;
        this.#options.log.error('event spool full, oldest events lost', { lost });
      }
      await segments.removeOldest();
    }
  }

  #giveUp(): void {
    const lost = this.#waiting.splice(0);
    this.#lostTotal += lost.length;
    this.#forgetLosses();
    const why = `the box ends, and events cannot be saved: ${this.#diskFault ?? ''}`;
    for (const { reject } of lost) reject(new SpoolError('ENDED', why));
  }
}
