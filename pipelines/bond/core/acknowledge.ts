/** Applies SRTLA and SRT ACKs to the packets in flight. */
import { sequenceAfter, sequenceDistance } from '../wire/sequence.ts';
import { readAcked, readAckIdentity } from '../wire/srt.ts';
import { DATAGRAM_HEADER_BYTES } from './config.ts';
import type { Link } from './link.ts';
import type { ResendBuffer } from './resend-buffer.ts';
import type { Links } from './select.ts';

/** Every link brings each ACK; this many are remembered to pass each one on once. */
const REMEMBERED_ACKS = 64;

/** More packets than are ever in flight: an ACK that far ahead is of another connection. */
const MAX_STEP = 8192;

/** An SRTLA ACK: these packets of this link arrived, the last of them just now. */
export function applySrtlaAck(link: Link, sequences: readonly number[], nowMs: number): void {
  for (const sequence of sequences) {
    const bytes = link.flight.arrive(sequence);
    if (bytes > 0) link.delivered.add(bytes, nowMs);
    link.pathMtu.onAcked(link.flight.bytesOf(sequence) - DATAGRAM_HEADER_BYTES);
  }
  const last = sequences.at(-1);
  if (last === undefined) return;
  const sentMs = link.flight.sentOnceMs(last);
  if (sentMs >= 0) link.rtt.add(nowMs - sentMs, nowMs);
}

/** Follows SRT's own ACKs: what they cover leaves flight on every link. */
export class AckTracker {
  /** Everything before this number arrived; -1 before the first ACK. */
  ackedUpTo = -1;
  /** A receiver that sends SRTLA ACKs for data does so on each link. */
  isEachLinkAcked = false;
  readonly #seen = new Float64Array(REMEMBERED_ACKS).fill(-1);
  #next = 0;

  /** True when this ACK has not come by another link before. */
  isNew(packet: Buffer): boolean {
    const identity = readAckIdentity(packet);
    if (this.#seen.includes(identity)) return false;
    this.#seen[this.#next] = identity;
    this.#next = (this.#next + 1) % REMEMBERED_ACKS;
    return true;
  }

  apply(packet: Buffer, links: Links, store: ResendBuffer, nowMs: number): void {
    const acked = readAcked(packet);
    const isPlausible = acked >= 0 && sequenceDistance(acked, sequenceAfter(store.newest)) >= 0;
    if (store.newest < 0 || !isPlausible) return;
    if (this.ackedUpTo < 0) this.ackedUpTo = sequenceAfter(acked, -MAX_STEP);
    const step = Math.min(MAX_STEP, sequenceDistance(this.ackedUpTo, acked));
    for (let back = step; back > 0; back -= 1) settle(sequenceAfter(acked, -back), links, nowMs);
    if (step <= 0) return;
    this.ackedUpTo = acked;
    if (this.isEachLinkAcked) return;
    for (const link of links) link?.pathMtu.onAcked(Number.POSITIVE_INFINITY);
  }

  clear(): void {
    this.ackedUpTo = -1;
    this.#seen.fill(-1);
  }
}

function settle(sequence: number, links: Links, nowMs: number): void {
  for (const link of links) {
    if (link === undefined) continue;
    const bytes = link.flight.settle(sequence);
    if (bytes > 0) link.delivered.add(bytes, nowMs);
  }
}
