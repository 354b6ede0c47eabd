import type { Socket } from 'node:net';
import type { RecordedPart } from './part.ts';
import { renderMessage, type WireMessage } from './wire.ts';

type PartMessage = Extract<WireMessage, { type: 'part' }>;
type InitMessage = Extract<WireMessage, { type: 'init' }>;

/** What waits for a recorder that does not keep up: half a minute of video; then parts are dropped. */
const QUEUE_MAX_BYTES = 12_000_000;
/** Kept for a recorder that is starting, or starting again. */
const KEPT_US = 10_000_000;
const KEPT_MAX_PARTS = 512;

/**
 * What one recorder is sent. Never waits and never fails: a recorder that is
 * away gets what is still kept when it comes back, and one that is slow is told
 * how much it lost. The bytes are those that viewers get; nothing is copied.
 */
export class Outbox {
  readonly #leadId: string;
  readonly #inits = new Map<string, InitMessage>();
  #kept: PartMessage[] = [];
  #isOn = false;
  #drop: { readonly dropId?: string } = {};
  /** Everything since recording was switched on is still kept. */
  #isKeptFromStart = true;
  #socket: Socket | undefined;
  /** Of the leading track, while the recorder's queue is full. */
  #droppedMs: number | undefined;
  /** Segment up to which the recorder has said that all is on its disk. */
  #safeMsn: number | undefined;

  /** @param leadId The track by which lost time is counted. */
  constructor(leadId: string) {
    this.#leadId = leadId;
  }

  /** @param dropId Of the drop that begins, where there is one. */
  setOn(isOn: boolean, dropId?: string): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    this.#drop = dropId === undefined ? {} : { dropId };
    this.#kept = [];
    this.#isKeptFromStart = true;
    this.#safeMsn = undefined;
    this.#write(isOn ? { type: 'on', isFromStart: true, ...this.#drop } : { type: 'off' });
  }

  setInit(init: InitMessage): void {
    this.#inits.set(init.trackId, init);
    this.#write(init);
  }

  setSafe(msn: number): void {
    this.#safeMsn = msn;
  }

  add(part: RecordedPart, publishedMs: number): void {
    if (!this.#isOn) return;
    const message: PartMessage = { type: 'part', part, publishedMs };
    this.#keep(message);
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

  /** A recorder has come: it is told where things stand, and what it may have missed. */
  connect(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    this.#droppedMs = undefined;
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    if (!this.#isOn) return;
    const isFromStart = this.#isKeptFromStart && this.#safeMsn === undefined;
    this.#write({ type: 'on', isFromStart, ...this.#drop });
    for (const init of this.#inits.values()) this.#write(init);
    // From the start of the segment that was not safe to its end: it begins with a key frame.
    const fromMsn = this.#safeMsn ?? 0;
    for (const message of this.#kept) if (message.part.msn >= fromMsn) this.#write(message);
  }

  /** Nothing more will come: the recorder writes what it has got and ends. */
  close(): void {
    this.#socket?.end();
    this.#socket = undefined;
  }

  #resume(lostMs: number): void {
    this.#droppedMs = undefined;
    this.#write({ type: 'lost', lostMs });
    for (const init of this.#inits.values()) this.#write(init);
  }

  #keep(message: PartMessage): void {
    this.#kept.push(message);
    const newestUs = message.part.startUs;
    const isOld = ({ part }: PartMessage) => newestUs - part.startUs > KEPT_US;
    while (this.#kept.length > KEPT_MAX_PARTS || isOld(this.#kept[0] as PartMessage)) {
      this.#kept.shift();
      this.#isKeptFromStart = false;
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
