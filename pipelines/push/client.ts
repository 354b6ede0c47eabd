/** One client of a pushed stream, and what it gets when it does not keep up. */
import { type PushedRecord, TOO_SLOW } from './records.ts';
import type { RecordHeader } from './wire/record.ts';

/** Where its records go. */
export interface ClientOutput {
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number;
  write(bytes: Buffer): void;
  /** Nothing follows. */
  end(bytes: Buffer): void;
}

/** With more than this unread, records wait here: half a second of 1 Mb/s, and any key frame. */
const BACKLOG_MAX_BYTES = 64_000;
/** A client whose oldest record has waited for longer, or for more bytes, skips to a key frame. */
const WAITED_MAX_MS = 800;
const WAITING_MAX_BYTES = 8_000_000;
/** One that has to skip again within this time is too slow: it is to fetch parts. */
const SKIPS_WITHIN_MS = 20_000;

/** How clients of one stream kept up, since it began. */
export interface PushCounts {
  /** Times that one skipped to a key frame. */
  skippedTotal: number;
  /** Clients that were sent to fetch parts. */
  slowTotal: number;
}

interface Waiting {
  readonly record: PushedRecord;
  readonly sinceMs: number;
}

/** What waits is bounded by age and by bytes, and shared with all other clients. Pure of sockets. */
export class PushClient {
  readonly #output: ClientOutput;
  /** Present init sections. */
  readonly #inits: () => Iterable<PushedRecord>;
  readonly #counts: PushCounts;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** What is not sent before the next record that playback can start at. */
  #waits: 'all' | 'lead' | 'nothing' = 'all';
  #skippedMs = Number.NEGATIVE_INFINITY;
  #isOver = false;

  readonly #lead: RecordHeader['track'];

  /**
   * @param lead The track whose records playback can start at: the picture, where there is one.
   * @param counts Of all clients.
   */
  constructor(
    output: ClientOutput,
    lead: RecordHeader['track'],
    inits: () => Iterable<PushedRecord>,
    counts: PushCounts,
  ) {
    this.#output = output;
    this.#lead = lead;
    this.#inits = inits;
    this.#counts = counts;
  }

  /** True once nothing more is sent. */
  get isOver(): boolean {
    return this.#isOver;
  }

  send(record: PushedRecord, nowMs: number): void {
    if (this.#isOver) return;
    if (this.#waits !== 'nothing' && isStartOf(this.#lead, record)) {
      if (this.#waits === 'all') this.#putInits(nowMs);
      this.#waits = 'nothing';
    }
    const isLead = record.header.track === this.#lead && record.header.kind === 'media';
    if (this.#waits === 'all' || (this.#waits === 'lead' && isLead)) return;
    this.#put(record, nowMs);
    this.#skipIfLate(nowMs);
  }

  /** Its picture begins with the next key frame, and its sound at once: none of that is missing. */
  beginWithNext(nowMs: number): void {
    this.#putInits(nowMs);
    this.#waits = 'lead';
  }

  /** The client has read: sends what waits. */
  drained(): void {
    let sent = 0;
    for (const { record } of this.#waiting) {
      if (this.#output.backlogBytes >= BACKLOG_MAX_BYTES) break;
      this.#write(record);
      sent += 1;
    }
    this.#waiting = this.#waiting.slice(sent);
  }

  /** To be called a few times a second. */
  check(nowMs: number): void {
    if (this.#isOver) return;
    this.drained();
    this.#skipIfLate(nowMs);
  }

  /** @param record Says why. */
  end(record: PushedRecord): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { record: waiting } of this.#waiting) this.#output.write(waiting.bytes());
    this.#drop();
    this.#output.end(record.bytes());
  }

  #putInits(nowMs: number): void {
    for (const init of this.#inits()) this.#put(init, nowMs);
  }

  #put(record: PushedRecord, nowMs: number): void {
    if (this.#waiting.length > 0) this.drained();
    if (this.#waiting.length === 0 && this.#output.backlogBytes < BACKLOG_MAX_BYTES) {
      this.#output.write(record.bytes());
      return;
    }
    this.#waiting.push({ record, sinceMs: nowMs });
    this.#waitingBytes += record.header.payloadBytes;
  }

  #write(record: PushedRecord): void {
    this.#waitingBytes -= record.header.payloadBytes;
    this.#output.write(record.bytes());
  }

  #skipIfLate(nowMs: number): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const isLate = nowMs - oldest.sinceMs > WAITED_MAX_MS;
    if (!isLate && this.#waitingBytes <= WAITING_MAX_BYTES) return;
    this.#drop();
    if (nowMs - this.#skippedMs < SKIPS_WITHIN_MS) {
      this.#counts.slowTotal += 1;
      this.end(TOO_SLOW);
      return;
    }
    this.#counts.skippedTotal += 1;
    this.#skippedMs = nowMs;
    this.#waits = 'all';
  }

  #drop(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** True where playback can begin with this record. */
export function isStartOf(lead: RecordHeader['track'], { header }: PushedRecord): boolean {
  return header.kind === 'media' && header.track === lead && header.isStart;
}
