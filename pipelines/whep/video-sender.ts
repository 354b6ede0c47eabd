/** Sends one viewer its frames: in order, paced, and again where packets were lost. */
import type { Frame } from './rendition.ts';
import { PACKET_MAX_BYTES, writePacket } from './rtp.ts';

export interface SenderOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sendTimeId: number | undefined;
  /** Sends one packet; it is not used after that. */
  readonly send: (packet: Buffer) => void;
}

interface Waiting {
  readonly payload: Buffer;
  readonly isMarked: boolean;
  readonly timestamp: number;
}

interface Sent extends Waiting {
  readonly sequence: number;
}

/** 16 Mb/s: a key frame of 40 kB leaves within 20 ms, and overruns no socket or access point. */
const BYTES_PER_MS = 2_000;
const BURST_BYTES = 12_000;
/** A viewer that is so far behind waits for the next key frame. */
const QUEUE_MAX_BYTES = 1_500_000;
/** Packets that can be sent again: more than a second of 6 Mb/s. */
const SAVED_PACKETS = 1_024;
/** Sent again in a second, at most. */
const REPEATED_PER_S = 300;
/** Pictures that were shown already follow each other this closely, within less than a frame. */
const CATCH_UP_TICKS = 1_200;
const CATCH_UP_STEP_MAX = 90;

export class VideoSender {
  readonly #options: SenderOptions;
  readonly #packet = Buffer.alloc(PACKET_MAX_BYTES);
  readonly #saved: (Sent | undefined)[] = new Array(SAVED_PACKETS);
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #allowedBytes = BURST_BYTES;
  #flushedMs = 0;
  #sequence: number;
  #repeatsLeft = REPEATED_PER_S;
  #repeatsMs = 0;
  #needsKeyframe = true;
  packetsTotal = 0;
  bytesTotal = 0;

  /** @param sequence The first sequence number. */
  constructor(options: SenderOptions, sequence: number) {
    this.#options = options;
    this.#sequence = sequence;
  }

  /** The next frame must be a key frame: those before were not sent. */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe;
  }

  /** There is something to flush. */
  get isWaiting(): boolean {
    return this.#queue.length > 0;
  }

  add(frame: Frame, nowMs: number): void {
    if (this.#needsKeyframe && !frame.isKeyframe) return;
    if (this.#queuedBytes > QUEUE_MAX_BYTES) {
      this.#drop();
      return;
    }
    this.#needsKeyframe = false;
    this.#enqueue(frame, frame.timestamp);
    this.flush(nowMs);
  }

  /**
   * Sends what was shown since the last key frame, so that a decoder can begin now. All of it
   * gets the time of now, or players would wait for the time that has passed.
   */
  catchUp(saved: readonly Frame[], nowMs: number): void {
    const last = saved.at(-1);
    if (last === undefined) return;
    this.#drop();
    this.#needsKeyframe = false;
    const step = Math.min(
      CATCH_UP_STEP_MAX,
      Math.max(1, Math.floor(CATCH_UP_TICKS / saved.length)),
    );
    for (const [i, frame] of saved.entries()) {
      this.#enqueue(frame, (last.timestamp + (i + 1) * step) % 2 ** 32);
    }
    this.flush(nowMs);
  }

  /** Sends what is due by now. */
  flush(nowMs: number): void {
    const grown = this.#allowedBytes + Math.max(0, nowMs - this.#flushedMs) * BYTES_PER_MS;
    this.#allowedBytes = Math.min(BURST_BYTES, grown);
    this.#flushedMs = nowMs;
    let sent = 0;
    for (const waiting of this.#queue) {
      if (this.#allowedBytes <= 0) break;
      sent += 1;
      this.#queuedBytes -= waiting.payload.length;
      const one = { ...waiting, sequence: this.#sequence };
      this.#saved[this.#sequence % SAVED_PACKETS] = one;
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.packetsTotal += 1;
      this.bytesTotal += waiting.payload.length;
      this.#send(one, nowMs);
    }
    if (sent > 0) this.#queue = this.#queue.slice(sent);
  }

  /** Sends packets again, as far as they are saved. */
  repeat(sequences: readonly number[], nowMs: number): void {
    if (nowMs - this.#repeatsMs >= 1_000) {
      this.#repeatsMs = nowMs;
      this.#repeatsLeft = REPEATED_PER_S;
    }
    for (const sequence of sequences) {
      const saved = this.#saved[sequence % SAVED_PACKETS];
      if (saved?.sequence !== sequence || this.#repeatsLeft <= 0) continue;
      this.#repeatsLeft -= 1;
      this.#send(saved, nowMs);
    }
  }

  #enqueue({ payloads, bytes }: Frame, timestamp: number): void {
    for (const [i, payload] of payloads.entries()) {
      this.#queue.push({ payload, timestamp, isMarked: i === payloads.length - 1 });
    }
    this.#queuedBytes += bytes;
  }

  #drop(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#needsKeyframe = true;
  }

  #send({ payload, isMarked, timestamp, sequence }: Sent, nowMs: number): void {
    const { ssrc, payloadType, sendTimeId, send } = this.#options;
    const header = { payloadType, isMarked, sequence, timestamp, ssrc, sendTimeId, sentMs: nowMs };
    const bytes = writePacket(this.#packet, header, payload);
    this.#allowedBytes -= bytes;
    send(this.#packet.subarray(0, bytes));
  }
}
