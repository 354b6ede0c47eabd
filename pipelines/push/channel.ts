/** One pushed stream: a rendition with its sound, by part or by frame, and who reads it. */
import { type ClientOutput, isStartOf, PushClient, type PushCounts } from './client.ts';
import { ENDED, type PushedRecord } from './records.ts';
import type { RecordHeader } from './wire/record.ts';

/** What is saved for clients that come: records since the newest key frame. */
const RECENT_MAX = 2_000;
const RECENT_MAX_BYTES = 16_000_000;

export interface JoinedClient {
  /** It has read what it had. */
  readonly drained: () => void;
  readonly leave: () => void;
}

export interface PushFigures extends Readonly<PushCounts> {
  readonly clients: number;
}

/** Records go to all clients in the same buffers. Pure of sockets. */
export class Channel {
  readonly #lead: RecordHeader['track'];
  readonly #inits = new Map<RecordHeader['track'], PushedRecord>();
  readonly #clients = new Set<PushClient>();
  readonly #counts: PushCounts = { skippedTotal: 0, slowTotal: 0 };
  #recent: PushedRecord[] = [];
  #recentBytes = 0;

  constructor(lead: RecordHeader['track']) {
    this.#lead = lead;
  }

  get clients(): number {
    return this.#clients.size;
  }

  figures(): PushFigures {
    return { clients: this.clients, ...this.#counts };
  }

  /** True once there is something to play. */
  get hasBegun(): boolean {
    return this.#inits.has(this.#lead);
  }

  add(record: PushedRecord, nowMs: number): void {
    const { kind, track } = record.header;
    if (kind === 'init') this.#inits.set(track, record);
    this.#save(record);
    for (const client of this.#clients) {
      client.send(record, nowMs);
      if (client.isOver) this.#clients.delete(client);
    }
  }

  /**
   * A client begins with the newest key frame, or, where it has a picture until then, with the
   * next one and the sound before that. Its output may end at any time.
   */
  join(output: ClientOutput, isFromNext: boolean, nowMs: number): JoinedClient {
    const inits = () => this.#inits.values();
    const client = new PushClient(output, this.#lead, inits, this.#counts);
    this.#clients.add(client);
    if (isFromNext) client.beginWithNext(nowMs);
    else for (const record of this.#recent) client.send(record, nowMs);
    return {
      drained: () => client.drained(),
      leave: () => {
        this.#clients.delete(client);
      },
    };
  }

  /** Ends all responses. */
  end(record = ENDED): void {
    for (const client of this.#clients) client.end(record);
    this.#clients.clear();
    this.#recent = [];
    this.#recentBytes = 0;
  }

  /** To be called a few times a second: drops clients that do not read. */
  check(nowMs: number): void {
    for (const client of this.#clients) {
      client.check(nowMs);
      if (client.isOver) this.#clients.delete(client);
    }
  }

  #save(record: PushedRecord): void {
    const isStart = isStartOf(this.#lead, record);
    const isFull = this.#recent.length >= RECENT_MAX || this.#recentBytes > RECENT_MAX_BYTES;
    if (isStart || isFull) {
      this.#recent = [];
      this.#recentBytes = 0;
    }
    // Without its key frame what follows cannot be decoded.
    if (!isStart && this.#recent.length === 0) return;
    this.#recent.push(record);
    this.#recentBytes += record.header.payloadBytes;
  }
}
