/** The parts that one child process is sent: recent ones are saved for its restarts. */
import type { Socket } from 'node:net';
import type { RecordedPart } from './part.ts';
import { renderMessage, type WireMessage } from './wire.ts';

type PartMessage = Extract<WireMessage, { type: 'part' }>;
/** What the reader gets. */
export interface FedDrop {
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  /** Undefined where it is no drop's. */
  readonly dropId?: string;
}

type InitMessage = Extract<WireMessage, { type: 'init' }>;

/** Unread bytes before parts are dropped: half a minute of video. */
const QUEUE_MAX_BYTES = 12_000_000;
/** What is saved for a reader that restarts, as long as a queue is: one that hung with its disk loses nothing. */
const RECENT_US = 30_000_000;
const RECENT_PARTS_MAX = 1_024;

/**
 * Never waits and never fails: a reader that reconnects gets the recent parts, and a slow
 * one is sent how much it has lost. The bytes are those that viewers get, uncopied.
 */
export class Outbox {
  readonly #leadId: string;
  readonly #inits = new Map<string, InitMessage>();
  #recent: PartMessage[] = [];
  #isOn = false;
  #drop: FedDrop = { epochMs: 0 };
  /** The recent parts include all since it was enabled. */
  #hasAllFromStart = true;
  #socket: Socket | undefined;
  /** Dropped time of the leading track, while the reader's queue is full. */
  #droppedMs: number | undefined;
  /** Segment up to which the reader has written everything to its disk. */
  #writtenMsn: number | undefined;

  /** @param leadId The track whose lost time is counted. */
  constructor(leadId: string) {
    this.#leadId = leadId;
  }

  /** @param drop What starts; undefined at its end. */
  setDrop(drop: FedDrop | undefined): void {
    const isOn = drop !== undefined;
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    if (isOn) this.#drop = drop;
    this.#recent = [];
    this.#hasAllFromStart = true;
    this.#writtenMsn = undefined;
    this.#write(isOn ? { type: 'on', isFromStart: true, ...this.#drop } : { type: 'off' });
  }

  setInit(init: InitMessage): void {
    this.#inits.set(init.trackId, init);
    this.#write(init);
  }

  setWritten(msn: number): void {
    this.#writtenMsn = msn;
  }

  add(part: RecordedPart, publishedMs: number): void {
    if (!this.#isOn) return;
    const message: PartMessage = { type: 'part', part, publishedMs };
    this.#save(message);
    const socket = this.#socket;
    if (socket === undefined) return;
    const isFull = socket.writableLength > QUEUE_MAX_BYTES;
    const isDrained = socket.writableLength < QUEUE_MAX_BYTES / 2;
    if (this.#droppedMs !== undefined && isDrained) this.#resume(this.#droppedMs);
    if (this.#droppedMs === undefined && !isFull) {
      this.#write(message);
      return;
    }
    const lostMs = part.trackId === this.#leadId ? part.durationUs / 1000 : 0;
    this.#droppedMs = (this.#droppedMs ?? 0) + lostMs;
  }

  /** A reader has connected: it is sent the state, and the recent parts that it has not written. */
  connect(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    this.#droppedMs = undefined;
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    if (!this.#isOn) return;
    const isFromStart = this.#hasAllFromStart && this.#writtenMsn === undefined;
    this.#write({ type: 'on', isFromStart, ...this.#drop });
    for (const init of this.#inits.values()) this.#write(init);
    // From the start of the first segment that was not written: it starts with a key frame.
    const fromMsn = this.#writtenMsn ?? 0;
    for (const message of this.#recent) if (message.part.msn >= fromMsn) this.#write(message);
  }

  /** Ends the feed: the reader writes what it has received and ends. */
  close(): void {
    this.#socket?.end();
    this.#socket = undefined;
  }

  #resume(lostMs: number): void {
    this.#droppedMs = undefined;
    this.#write({ type: 'lost', lostMs });
    for (const init of this.#inits.values()) this.#write(init);
  }

  #save(message: PartMessage): void {
    this.#recent.push(message);
    const newestUs = message.part.startUs;
    const isOld = ({ part }: PartMessage) => newestUs - part.startUs > RECENT_US;
    while (this.#recent.length > RECENT_PARTS_MAX || isOld(this.#recent[0] as PartMessage)) {
      this.#recent.shift();
      this.#hasAllFromStart = false;
    }
  }

  #write(message: WireMessage): void {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    socket.cork();
    for (const chunk of renderMessage(message)) socket.write(chunk);
    socket.uncork();
  }
}
