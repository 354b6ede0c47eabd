/** Reads the state of an SRT connection from its packets. */
import type { Progress } from '../../hal/os/worker-child.ts';
import { RateMeter } from '../bond/core/path/rate-meter.ts';
import type { SrtTap } from '../bond/net/encoder-port.ts';
import { sequenceDistance } from '../bond/wire/sequence.ts';
import * as srt from '../bond/wire/srt.ts';

/** Figures of an SRT connection. */
export interface SrtFigures {
  readonly phase: 'connecting' | 'connected';
  /** Why the receiver refused, where it did. */
  readonly refusal?: string;
  /** Of the complete path, links included, from the receiver's ACKs. */
  readonly rttMs?: number;
  readonly latencyMs?: number;
  /** Sent and not acknowledged: the minimum in the sender's buffer. */
  readonly unackedPackets: number;
  /** Data with SRT's header, retransmissions included. */
  readonly sentBps: number;
  readonly sentBytesTotal: number;
  readonly sentPacketsTotal: number;
  readonly retransmittedTotal: number;
  /** Packets that the encoder gave up as too late. */
  readonly droppedTotal: number;
  /** The receiver replies, and acknowledges no data at all. */
  readonly isDataLost?: boolean;
}

/** Data without any progress of its ACKs, while other packets come back. */
const LOST_MS = 3_000;
const LOST_PACKETS = 100;

/** Shorter than SRT's own time-out of five seconds. */
const SILENT_MS = 3_000;

/** Offset of the handshake type: after version, extension, sequence, MTU and window. */
const HANDSHAKE_TYPE_AT = srt.SRT_HEADER_BYTES + 20;
/** Handshake types from here on are refusals (draft-sharabayko-srt §3.2.1, table 7). */
const REFUSED = 1000;
const REFUSALS: Readonly<Record<number, string>> = {
  1002: 'the receiver refused the connection',
  1003: 'the receiver is out of resources',
  1005: 'the receiver has too many callers',
  1007: 'the receiver is closing',
  1008: 'the receiver uses another version of SRT',
  1010: 'the passphrase is wrong',
  1011: 'one side has a passphrase and the other has none',
};

/** Wait between attempts after a refusal: doubled each time up to the longest. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 15_000;

const RTT_AT = srt.SRT_HEADER_BYTES + 4;
const NO_SEQUENCE = -1;

/**
 * After a refusal the encoder's handshakes are held back for a while, as GStreamer's
 * srtsink connects again at once.
 */
export class SrtObserver implements SrtTap {
  readonly #sent = new RateMeter();
  #sentPackets = 0;
  #retransmitted = 0;
  #dropped = 0;
  #newest = NO_SEQUENCE;
  #acked = NO_SEQUENCE;
  #receivedMs = Number.NEGATIVE_INFINITY;
  #rttMs: number | undefined;
  #latencyMs: number | undefined;
  #refusal: string | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  /** Data packets since an ACK last moved on, and when the first of them was sent. */
  #unackedPackets = 0;
  #unackedSinceMs = 0;

  fromEncoder(packet: Buffer, nowMs: number): boolean {
    if (srt.isSrtData(packet)) {
      this.#onData(packet, nowMs);
      return true;
    }
    const type = srt.readControlType(packet);
    if (type === srt.SRT_DROP_REQUEST) this.#dropped += srt.readDropSpan(packet);
    return type !== srt.SRT_HANDSHAKE || nowMs >= this.#heldUntilMs;
  }

  toEncoder(packet: Buffer, nowMs: number): void {
    const type = srt.readControlType(packet);
    if (type === srt.SRT_HANDSHAKE) this.#onHandshake(packet, nowMs);
    else if (type >= 0) this.#receivedMs = nowMs;
    if (type !== srt.SRT_ACK) return;
    const acked = srt.readAcked(packet);
    if (acked !== this.#acked) this.#unackedPackets = 0;
    this.#acked = acked;
    if (packet.length >= RTT_AT + 4) this.#rttMs = packet.readUInt32BE(RTT_AT) / 1000;
    this.#refusal = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  figures(nowMs: number): SrtFigures {
    const isConnected = nowMs - this.#receivedMs < SILENT_MS;
    return {
      phase: isConnected ? 'connected' : 'connecting',
      ...(this.#refusal === undefined ? {} : { refusal: this.#refusal }),
      ...(isConnected && this.#rttMs !== undefined ? { rttMs: this.#rttMs } : {}),
      ...(this.#latencyMs === undefined ? {} : { latencyMs: this.#latencyMs }),
      unackedPackets: isConnected ? this.#unacked() : 0,
      sentBps: this.#sent.perS(1000, nowMs) * 8,
      sentBytesTotal: this.#sent.total,
      sentPacketsTotal: this.#sentPackets,
      retransmittedTotal: this.#retransmitted,
      droppedTotal: this.#dropped,
      isDataLost: isConnected && this.#isDataLost(nowMs),
    };
  }

  /**
   * Of the encoder: while it is connected the media process feeds it, also where no camera
   * does. One that sends nothing although it did before hangs.
   */
  progress(nowMs: number): Progress {
    const isConnected = nowMs - this.#receivedMs < SILENT_MS;
    return { done: this.#sentPackets, of: 'packets', isDue: isConnected && this.#sentPackets > 0 };
  }

  #isDataLost(nowMs: number): boolean {
    return this.#unackedPackets >= LOST_PACKETS && nowMs - this.#unackedSinceMs > LOST_MS;
  }

  #onData(packet: Buffer, nowMs: number): void {
    this.#sent.add(packet.length, nowMs);
    this.#sentPackets += 1;
    if (this.#unackedPackets === 0) this.#unackedSinceMs = nowMs;
    this.#unackedPackets += 1;
    if (srt.isRetransmission(packet)) {
      this.#retransmitted += 1;
      return;
    }
    const sequence = srt.readSequence(packet);
    if (this.#newest === NO_SEQUENCE) this.#acked = sequence;
    this.#newest = sequence;
  }

  #onHandshake(packet: Buffer, nowMs: number): void {
    this.#latencyMs = srt.readLatencyMs(packet) ?? this.#latencyMs;
    if (packet.length < HANDSHAKE_TYPE_AT + 4) return;
    const kind = packet.readInt32BE(HANDSHAKE_TYPE_AT);
    if (kind < REFUSED) {
      // A new connection has numbers of its own.
      this.#newest = NO_SEQUENCE;
      this.#unackedPackets = 0;
      return;
    }
    this.#refusal = REFUSALS[kind] ?? `the receiver refused: SRT reason ${kind - REFUSED}`;
    this.#heldUntilMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, MAX_PAUSE_MS);
  }

  #unacked(): number {
    if (this.#newest === NO_SEQUENCE || this.#acked === NO_SEQUENCE) return 0;
    return Math.max(0, sequenceDistance(this.#acked, this.#newest) + 1);
  }
}
