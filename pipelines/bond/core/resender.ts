/** Sends packets again: those of NAKs, and those of a stalled link. */
import {
  type BucketLimits,
  type TokenBucket,
  takeFrom,
} from '../../../hal/os/limits/token-bucket.ts';
import { sequenceAfter, sequenceDistance } from '../wire/sequence.ts';
import { markRetransmission, parseNak, renderNak, type SequenceRange } from '../wire/srt.ts';
import { DATAGRAM_HEADER_BYTES } from './config.ts';
import { type Link, STALL_MS } from './link.ts';
import { IN_FLIGHT } from './path/in-flight.ts';
import { addTo, judgeNak } from './resend.ts';
import { ResendBudget } from './resend-budget.ts';
import type { ResendBuffer } from './resend-buffer.ts';
import { chooseLatest, chooseLink, type Links } from './select.ts';

/** Packets that may be queued to be sent again. */
const MAX_QUEUED = 8192;

/** Numbers of one NAK that are handled; the receiver repeats the rest. */
const MAX_PER_NAK = 4096;

/** Packets sent again whose arrival is watched. */
const MAX_WATCHED = 512;

/** The time for a packet sent again to be missed and sent a third time, in round trips. */
const REPAIR_RTTS = 4;

/** With less time than this, in round trips, a repeat goes out twice, by two links. */
const LAST_CHANCE_RTTS = 3;

/** First repeats among them: as many as chance loses late, and no burst, which would fill the last link. */
const DOUBLED_FIRST: BucketLimits = { perS: 20, max: 3 };

/** With less time than this, in round trips, the loss of a repeat is seen too late for another one. */
const BLIND_RTTS = 2.3;
/** A copy then follows without waiting for that, this much later: what loses one packet loses its neighbours. */
const BLIND_MS = 15;
/** As chance needs them: of a burst, which would fill the last link, the oldest have one. */
const BLIND: BucketLimits = { perS: 20, max: 6 };

export type Transmit = (slot: number, sequence: number, packet: Buffer, nowMs: number) => void;

/**
 * Sends packets again from the buffer: those of a NAK once they are overdue, and all that
 * a stalled link had in flight. It replaces the encoder's own retransmission, which the
 * overhead cap of SRT would starve, and stays within its budget.
 */
export class Resender {
  readonly budget = new ResendBudget();
  /** How long after its first transmission a packet is of use: SRT's latency once it is known. */
  latencyMs = 2000;
  resentTotal = 0;
  resentBytesTotal = 0;
  /** Numbers in NAKs, and the encoder's own repeats, that needed no retransmission. */
  suppressedTotal = 0;
  readonly #store: ResendBuffer;
  readonly #links: Links;
  readonly #transmit: Transmit;
  readonly #queued = new Int32Array(MAX_QUEUED);
  #queuedCount = 0;
  /** Sent again where latency is short: their own link's ACKs show a loss before the next NAK. */
  #watched: number[] = [];
  readonly #doubledFirst: TokenBucket = { left: DOUBLED_FIRST.max, atMs: 0 };
  /** To be sent once more, whatever becomes of the copies before. */
  #unproven: number[] = [];
  readonly #blind: TokenBucket = { left: BLIND.max, atMs: 0 };

  constructor(store: ResendBuffer, links: Links, transmit: Transmit) {
    this.#store = store;
    this.#links = links;
    this.#transmit = transmit;
  }

  /** Handles the numbers in the buffer. Returns a NAK with the others, for the encoder. */
  onNak(packet: Buffer, nowMs: number): Buffer | undefined {
    const left: SequenceRange[] = [];
    let checked = 0;
    for (const { first, last } of parseNak(packet)) {
      const span = sequenceDistance(first, last);
      for (let step = 0; step <= span && checked < MAX_PER_NAK; step += 1) {
        checked += 1;
        const sequence = sequenceAfter(first, step);
        if (!this.#answer(sequence, nowMs, true)) addTo(left, sequence);
      }
    }
    return left.length === 0 ? undefined : renderNak(packet, left);
  }

  /**
   * The encoder repeats a packet by itself. False when it is not in the buffer and must
   * go out as it is.
   */
  onRepeat(sequence: number, nowMs: number): boolean {
    return this.#answer(sequence, nowMs, true);
  }

  /** Sends again, oldest first, all that `link` still had in flight. `ackedUpTo` may be -1. */
  onStalled(link: Link, ackedUpTo: number, nowMs: number): void {
    const { newest } = this.#store;
    if (newest < 0) return;
    const unacked = ackedUpTo < 0 ? MAX_QUEUED : sequenceDistance(ackedUpTo, newest);
    const span = Math.min(MAX_QUEUED - 1, Math.max(0, unacked));
    for (let back = span; back >= 0; back -= 1) {
      const sequence = sequenceAfter(newest, -back);
      if (this.#store.linkOf(sequence) !== link.slot || !this.#store.has(sequence)) continue;
      if (link.flight.stateOf(sequence) !== IN_FLIGHT) continue;
      link.flight.lose(sequence);
      this.#queue(sequence);
    }
    this.drain(ackedUpTo, nowMs);
  }

  /**
   * As {@link onStalled}, where a repeat at the time of the stall would leave no time for
   * another one when that is lost too.
   */
  onSuspected(link: Link, ackedUpTo: number, nowMs: number): void {
    if (this.#canRepeatOnceOnly(link)) this.onStalled(link, ackedUpTo, nowMs);
  }

  /** The receiver acknowledged data of this link: what it overtook is lost. Ticks are too rare here. */
  onAcked(link: Link, ackedUpTo: number, nowMs: number): void {
    const isWaiting = this.#queuedCount > 0 || this.#watched.length > 0;
    if (isWaiting && this.#canRepeatOnceOnly(link)) this.drain(ackedUpTo, nowMs);
  }

  /** Handles all that is queued again; call it every tick. */
  drain(ackedUpTo: number, nowMs: number): void {
    this.#checkWatched(ackedUpTo, nowMs);
    this.#sendUnproven(ackedUpTo, nowMs);
    const count = this.#queuedCount;
    this.#queuedCount = 0;
    for (let index = 0; index < count; index += 1) {
      const sequence = this.#queued[index] ?? 0;
      this.#store.endQueued(sequence);
      if (!isCovered(sequence, ackedUpTo)) this.#answer(sequence, nowMs, false);
    }
  }

  clear(): void {
    this.#queuedCount = 0;
    this.#watched = [];
    this.#unproven = [];
  }

  /** By the link that replied last: one that died a moment ago is not known to be dead yet. */
  #sendUnproven(ackedUpTo: number, nowMs: number): void {
    if (this.#unproven.length === 0) return;
    this.#unproven = this.#unproven.filter((sequence) => {
      if (!this.#store.has(sequence) || isCovered(sequence, ackedUpTo)) return false;
      if (nowMs - this.#store.lastSentMs(sequence) < BLIND_MS) return true;
      const slot = chooseLatest(this.#links);
      const packet = this.#store.bytesOf(sequence);
      if (slot >= 0 && this.budget.take(packet.length)) this.#repeat(slot, sequence, packet, nowMs);
      return false;
    });
  }

  /** Sends again what was lost once more; forgets what arrived, or is of no use any more. */
  #checkWatched(ackedUpTo: number, nowMs: number): void {
    const watched = this.#watched;
    if (watched.length === 0) return;
    this.#watched = [];
    for (const sequence of watched) {
      if (isCovered(sequence, ackedUpTo)) continue;
      const verdict = judgeNak(sequence, this.#store, this.#links, nowMs, this.latencyMs, false);
      if (verdict === 'wait') this.#watched.push(sequence);
      else if (verdict === 'resend' && !this.#resend(sequence, nowMs)) this.#queue(sequence);
    }
  }

  /** False when the packet is not in the buffer. */
  #answer(sequence: number, nowMs: number, isNewNak: boolean): boolean {
    const verdict = judgeNak(sequence, this.#store, this.#links, nowMs, this.latencyMs, isNewNak);
    if (verdict === 'pass') return false;
    if (verdict === 'ignore') this.suppressedTotal += 1;
    else if (verdict === 'wait' || !this.#resend(sequence, nowMs)) this.#queue(sequence);
    return true;
  }

  #resend(sequence: number, nowMs: number): boolean {
    const from = this.#store.linkOf(sequence);
    const slot = chooseLink(this.#links, 'best', from);
    const packet = this.#store.bytesOf(sequence);
    // Lost on that link, whether or not it may be sent again now.
    const link = this.#links[from];
    if (link?.flight.lose(sequence)) link.lostPackets.add(1, nowMs);
    if (slot < 0 || !this.budget.take(packet.length)) return false;
    markRetransmission(packet);
    const isLastChance = this.#isLastChance(slot, sequence, nowMs);
    this.#repeat(slot, sequence, packet, nowMs);
    this.#watch(slot, sequence);
    if (isLastChance && this.budget.take(packet.length)) {
      const other = chooseLink(this.#links, 'best', slot);
      if (other >= 0) this.#repeat(other, sequence, packet, nowMs);
    }
    const isBlind = this.#isShort(slot, sequence, BLIND_RTTS, nowMs);
    if (isBlind && takeFrom(this.#blind, 1, BLIND, nowMs) > 0) this.#unproven.push(sequence);
    return true;
  }

  #repeat(slot: number, sequence: number, packet: Buffer, nowMs: number): void {
    this.resentTotal += 1;
    this.resentBytesTotal += packet.length + DATAGRAM_HEADER_BYTES;
    this.#transmit(slot, sequence, packet, nowMs);
  }

  /** SRT's latency leaves no time for a second repeat after a stall; queues do not count. */
  #canRepeatOnceOnly(link: Link): boolean {
    return this.latencyMs < STALL_MS + REPAIR_RTTS * link.rtt.minMs;
  }

  /** If this repeat is lost there is no time for another. */
  #isLastChance(slot: number, sequence: number, nowMs: number): boolean {
    if (!this.#isShort(slot, sequence, LAST_CHANCE_RTTS, nowMs)) return false;
    const isFirst = this.#store.lastSentMs(sequence) === this.#store.firstSentMs(sequence);
    return !isFirst || takeFrom(this.#doubledFirst, 1, DOUBLED_FIRST, nowMs) > 0;
  }

  /** The packet is of use for less than so many round trips of a link that leaves no time. */
  #isShort(slot: number, sequence: number, rtts: number, nowMs: number): boolean {
    const link = this.#links[slot];
    if (link === undefined || !this.#canRepeatOnceOnly(link)) return false;
    const leftMs = this.#store.firstSentMs(sequence) + this.latencyMs - nowMs;
    return leftMs < rtts * link.rtt.meanMs;
  }

  #watch(slot: number, sequence: number): void {
    const link = this.#links[slot];
    if (link === undefined || !this.#canRepeatOnceOnly(link)) return;
    if (this.#watched.length < MAX_WATCHED) this.#watched.push(sequence);
  }

  #queue(sequence: number): void {
    if (this.#queuedCount === MAX_QUEUED || !this.#store.startQueued(sequence)) return;
    this.#queued[this.#queuedCount] = sequence;
    this.#queuedCount += 1;
  }
}

/** SRT's own ACK says that it arrived. */
function isCovered(sequence: number, ackedUpTo: number): boolean {
  return ackedUpTo >= 0 && sequenceDistance(sequence, ackedUpTo) > 0;
}
