/** The last packets that were sent, by sequence number, to be sent again. */
import { sequenceDistance } from '../wire/sequence.ts';

/** Packets stored: 12 MB, 14 s at 6 Mbit/s, 1.7 s at 50 Mbit/s. */
const SLOTS = 8192;
const MASK = SLOTS - 1;
/** The largest SRT packet within an Ethernet MTU is 1472 bytes. */
const SLOT_BYTES = 1472;

/** Bounded: each packet replaces the one 8192 numbers older. */
export class ResendBuffer {
  readonly #slab = Buffer.alloc(SLOTS * SLOT_BYTES);
  readonly #sequences = new Int32Array(SLOTS).fill(-1);
  readonly #lengths = new Uint16Array(SLOTS);
  readonly #firstSentMs = new Float64Array(SLOTS);
  readonly #lastSentMs = new Float64Array(SLOTS);
  readonly #links = new Int8Array(SLOTS);
  readonly #isQueued = new Uint8Array(SLOTS);
  #newest = -1;

  /** The newest sequence number, -1 when empty. */
  get newest(): number {
    return this.#newest;
  }

  /** Copies the packet in. One that is too long for a slot is not stored. */
  put(sequence: number, packet: Buffer, nowMs: number): void {
    const slot = sequence & MASK;
    const fits = packet.length <= SLOT_BYTES;
    this.#sequences[slot] = fits ? sequence : -1;
    if (this.#newest < 0 || sequenceDistance(this.#newest, sequence) > 0) this.#newest = sequence;
    if (!fits) return;
    packet.copy(this.#slab, slot * SLOT_BYTES);
    this.#lengths[slot] = packet.length;
    this.#firstSentMs[slot] = nowMs;
    this.#lastSentMs[slot] = nowMs;
    this.#links[slot] = -1;
    this.#isQueued[slot] = 0;
  }

  has(sequence: number): boolean {
    return this.#sequences[sequence & MASK] === sequence;
  }

  /** The packet's bytes in place, valid until its slot is taken. */
  bytesOf(sequence: number): Buffer {
    const slot = sequence & MASK;
    const at = slot * SLOT_BYTES;
    return this.#slab.subarray(at, at + (this.#lengths[slot] ?? 0));
  }

  noteSent(sequence: number, link: number, nowMs: number): void {
    if (!this.has(sequence)) return;
    this.#lastSentMs[sequence & MASK] = nowMs;
    this.#links[sequence & MASK] = link;
  }

  firstSentMs(sequence: number): number {
    return this.#firstSentMs[sequence & MASK] ?? 0;
  }

  lastSentMs(sequence: number): number {
    return this.#lastSentMs[sequence & MASK] ?? 0;
  }

  /** The link that sent it last, -1 for none. */
  linkOf(sequence: number): number {
    return this.#links[sequence & MASK] ?? -1;
  }

  /** Marks the packet as queued to be sent again; false when it is queued already. */
  startQueued(sequence: number): boolean {
    const slot = sequence & MASK;
    if (this.#isQueued[slot] === 1) return false;
    this.#isQueued[slot] = 1;
    return true;
  }

  endQueued(sequence: number): void {
    this.#isQueued[sequence & MASK] = 0;
  }

  clear(): void {
    this.#sequences.fill(-1);
    this.#isQueued.fill(0);
    this.#newest = -1;
  }
}
