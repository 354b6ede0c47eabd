/** Complete frames out of a publisher's packets, beginning with a key frame. Pure. */
import type { RtpPacket } from './packet.ts';
import type { Ordered } from './reordering.ts';

export interface ReadFrame {
  readonly isKeyframe: boolean;
  readonly data: Buffer;
}

/** Reads the payloads of one codec. */
export interface FrameReader {
  /** False where what came before or in it cannot be used. */
  add(payload: Buffer): boolean;
  /** The frame that is complete; undefined where it is not. */
  take(): ReadFrame | undefined;
  /** Forgets what was added since the last frame. */
  reset(): void;
}

export interface Frame extends ReadFrame {
  readonly timestamp: number;
}

/** A key frame of a 4K picture stays well below it. */
const FRAME_MAX_BYTES = 4_000_000;
/** What a packet costs beside its bytes: a picture of a million tiny ones is none. */
const PACKET_COST_BYTES = 200;

/** Frames that can be decoded: after a loss it waits for the next key frame. */
export class Frames {
  readonly #reader: FrameReader;
  #timestamp: number | undefined;
  #bytes = 0;
  #isBroken = false;
  #needsKeyframe = true;

  constructor(reader: FrameReader) {
    this.#reader = reader;
  }

  /** Nothing can be decoded before a key frame comes. */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe;
  }

  /** The decoder restarts: it needs a key frame. */
  restart(): void {
    this.#needsKeyframe = true;
  }

  add(ordered: Ordered<RtpPacket>): readonly Frame[] {
    if ('lost' in ordered) {
      // The frame that was not finished, and all that refer to it.
      this.#isBroken = true;
      this.#needsKeyframe = true;
      return [];
    }
    const { timestamp, payload, isMarked } = ordered.packet;
    // Packets without a payload are for probing.
    if (payload.length === 0) return [];
    const before = timestamp === this.#timestamp ? [] : this.#finish();
    if (timestamp !== this.#timestamp) this.#begin(timestamp);
    this.#bytes += payload.length + PACKET_COST_BYTES;
    if (this.#bytes > FRAME_MAX_BYTES || !this.#reader.add(payload)) this.#isBroken = true;
    return isMarked ? [...before, ...this.#finish()] : before;
  }

  #begin(timestamp: number): void {
    this.#reader.reset();
    this.#timestamp = timestamp;
    this.#bytes = 0;
    this.#isBroken = false;
  }

  #finish(): readonly Frame[] {
    const timestamp = this.#timestamp;
    if (timestamp === undefined) return [];
    this.#timestamp = undefined;
    const frame = this.#isBroken ? undefined : this.#reader.take();
    this.#reader.reset();
    if (frame === undefined) {
      this.#needsKeyframe = true;
      return [];
    }
    if (this.#needsKeyframe && !frame.isKeyframe) return [];
    this.#needsKeyframe = false;
    return [{ ...frame, timestamp }];
  }
}
