/**
 * Puts a publisher's packets in order, and knows which ones are missing. Pure: times come in.
 */

export interface Numbered {
  readonly sequence: number;
}

/** In order; `lost` where packets before the next one are given up. */
export type Ordered<P> = { readonly packet: P } | { readonly lost: number };

/** A packet that is missing is waited for: two or three round trips of a room, or of a city. */
export const WAIT_MS = 200;
/** It is asked for at once, and again this often. */
const ASK_EVERY_MS = 40;
/** So many are asked for in one report. */
const ASKED_MAX = 64;
/** Further apart than this it is no loss: the publisher counts from elsewhere. */
const JUMP = 2_000;
/** Packets that wait for those before them: two seconds of 6 Mb/s. */
const HELD_MAX = 1_200;

interface Missing {
  readonly sinceMs: number;
  askedMs: number;
}

export class Reordering<P extends Numbered> {
  /** Of the next packet to go out, counted on beyond 16 bits. */
  #next: number | undefined;
  #highest = 0;
  readonly #held = new Map<number, P>();
  readonly #missing = new Map<number, Missing>();

  /** The highest sequence number so far, counted on beyond 16 bits; undefined before the first. */
  get highest(): number | undefined {
    return this.#next === undefined ? undefined : this.#highest;
  }

  /** @returns what can go on now, in order. */
  add(packet: P, nowMs: number): readonly Ordered<P>[] {
    if (this.#next === undefined) return this.#begin(packet);
    const number = this.#unwrap(packet.sequence);
    // Small jumps add up where somebody makes one with each packet.
    const isJump = number - this.#highest + this.#missing.size > JUMP;
    if (isJump || this.#highest - number > JUMP) {
      const lost = this.#held.size + this.#missing.size;
      return [{ lost: Math.max(1, lost) }, ...this.#begin(packet)];
    }
    // Twice, or too late.
    if (number < this.#next || this.#held.has(number)) return [];
    for (let one = this.#highest + 1; one < number; one += 1) {
      this.#missing.set(one, { sinceMs: nowMs, askedMs: Number.NEGATIVE_INFINITY });
    }
    this.#highest = Math.max(this.#highest, number);
    this.#missing.delete(number);
    this.#held.set(number, packet);
    return this.#held.size > HELD_MAX ? [...this.#skip(), ...this.#take()] : this.#take();
  }

  /** To be called a few times a second: gives up what does not come. */
  tick(nowMs: number): readonly Ordered<P>[] {
    const out: Ordered<P>[] = [];
    for (;;) {
      const [oldest] = this.#missing.values();
      if (oldest === undefined || nowMs - oldest.sinceMs < WAIT_MS) return out;
      out.push(...this.#skip(), ...this.#take());
    }
  }

  /** Sequence numbers to ask for now (NACK). */
  takeAsked(nowMs: number): readonly number[] {
    const asked: number[] = [];
    for (const [number, missing] of this.#missing) {
      if (asked.length >= ASKED_MAX) break;
      if (nowMs - missing.askedMs < ASK_EVERY_MS) continue;
      missing.askedMs = nowMs;
      asked.push(number & 0xffff);
    }
    return asked;
  }

  #begin(packet: P): readonly Ordered<P>[] {
    this.#held.clear();
    this.#missing.clear();
    // From 2^16 on, so that what is older than the first packet is not negative.
    this.#highest = 0x1_0000 + packet.sequence;
    this.#next = this.#highest + 1;
    return [{ packet }];
  }

  /** The count that is nearest to the highest one (RFC 3550 §A.1). */
  #unwrap(sequence: number): number {
    const apart = ((sequence - this.#highest) << 16) >> 16;
    return this.#highest + apart;
  }

  /** Goes on behind the missing packets that come next. */
  #skip(): readonly Ordered<P>[] {
    let lost = 0;
    let next = this.#next ?? 0;
    while (!this.#held.has(next) && next <= this.#highest) {
      this.#missing.delete(next);
      next += 1;
      lost += 1;
    }
    this.#next = next;
    return lost === 0 ? [] : [{ lost }];
  }

  #take(): readonly Ordered<P>[] {
    const out: Ordered<P>[] = [];
    for (let next = this.#next ?? 0; ; next += 1) {
      const packet = this.#held.get(next);
      if (packet === undefined) {
        this.#next = next;
        return out;
      }
      this.#held.delete(next);
      out.push({ packet });
    }
  }
}
