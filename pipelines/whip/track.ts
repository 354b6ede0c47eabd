/** One track of a publisher: packets in, access units with their times out. Pure: times come in. */
import type { AccessUnit } from '../gdp/unit-output.ts';
import type { MediaKind } from '../webrtc/sdp.ts';
import type { PublisherClock } from './clock.ts';
import { type FrameReader, Frames } from './frames.ts';
import type { RtpPacket } from './packet.ts';
import { ReceptionCount } from './reception.ts';
import { type Ordered, Reordering } from './reordering.ts';
import type { Reception, SenderReport } from './rtcp.ts';

export interface TrackOptions {
  readonly kind: MediaKind;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly reader: FrameReader;
  readonly clock: PublisherClock;
  readonly onUnit: (unit: AccessUnit) => void;
}

/** A key frame is asked for this often, while one is needed. */
const ASK_EVERY_MS = 500;

export class PublishedTrack {
  readonly #options: TrackOptions;
  readonly #order = new Reordering<RtpPacket>();
  readonly #frames: Frames;
  readonly #reception: ReceptionCount;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(options: TrackOptions) {
    this.#options = options;
    this.#frames = new Frames(options.reader);
    this.#reception = new ReceptionCount(options.ssrc, options.kind === 'video' ? 90 : 48);
  }

  get ssrc(): number {
    return this.#options.ssrc;
  }

  /** @returns false for a packet that is not of this track. */
  add(packet: RtpPacket, nowMs: number): boolean {
    const { kind, ssrc, payloadType, clock } = this.#options;
    if (packet.ssrc !== ssrc || packet.payloadType !== payloadType) return false;
    clock.noteArrival(kind, packet.timestamp, nowMs * 1000);
    const ordered = this.#order.add(packet, nowMs);
    this.#reception.add(packet.timestamp, this.#order.highest ?? packet.sequence, nowMs);
    this.#read(ordered);
    return true;
  }

  /** To be called a few times a second. */
  tick(nowMs: number): void {
    this.#read(this.#order.tick(nowMs));
  }

  setReport(report: SenderReport, nowMs: number): void {
    this.#options.clock.setReport(this.#options.kind, report);
    this.#reception.setReport(report, nowMs);
  }

  /** Its decoder restarts: the next unit is a key frame, which is asked for. */
  restart(): void {
    this.#frames.restart();
    this.#askedMs = Number.NEGATIVE_INFINITY;
  }

  /** Some of it was left out: it goes on with a key frame, which is asked for in its turn. */
  skip(): void {
    this.#frames.restart();
  }

  /** Packets to ask for again. */
  takeAsked(nowMs: number): readonly number[] {
    return this.#order.takeAsked(nowMs);
  }

  /** Whether a key frame is to be asked for now. */
  takeKeyframeRequest(nowMs: number): boolean {
    if (this.#options.kind === 'audio' || !this.#frames.needsKeyframe) return false;
    if (nowMs - this.#askedMs < ASK_EVERY_MS) return false;
    this.#askedMs = nowMs;
    return true;
  }

  takeReception(nowMs: number): Reception | undefined {
    return this.#reception.take(this.#order.highest, nowMs);
  }

  #read(ordered: readonly Ordered<RtpPacket>[]): void {
    const { kind, clock, onUnit } = this.#options;
    for (const each of ordered) {
      const one = kind === 'audio' && 'packet' in each ? whole(each) : each;
      for (const { timestamp, isKeyframe, data } of this.#frames.add(one)) {
        onUnit({ takenUs: clock.takenUs(kind, timestamp), isKeyframe, data });
      }
    }
  }
}

/** A packet of Opus is a frame, with a marker or without (RFC 7587 4.2). */
function whole({ packet }: { readonly packet: RtpPacket }): Ordered<RtpPacket> {
  return { packet: { ...packet, isMarked: true } };
}
