/** One publisher: what its packets become, and what is reported to it. Pure: times come in. */

import type { AccessUnit } from '../gdp/unit-output.ts';
import type { MediaKind } from '../webrtc/sdp.ts';
import { PublisherClock } from './clock.ts';
import type { FrameReader } from './frames.ts';
import { H264Reader } from './h264.ts';
import type { PublishedOffer, PublishedTrackOffer } from './offer.ts';
import { OpusReader } from './opus.ts';
import { isRtcp, parsePacket } from './packet.ts';
import { parseReports, renderFeedback } from './rtcp.ts';
import { PublishedTrack } from './track.ts';
import { Vp8Reader } from './vp8.ts';

export interface PublisherOptions {
  readonly offer: PublishedOffer;
  /** Of this side, in its reports. */
  readonly ssrc: number;
  /** What it may send of its picture, in bit/s. */
  readonly maxBps: number;
  readonly onUnit: (kind: MediaKind, unit: AccessUnit) => void;
  readonly send: (kind: MediaKind, packet: Buffer) => void;
}

const REPORT_EVERY_MS = 1_000;

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #tracks = new Map<MediaKind, PublishedTrack>();
  #reportedMs = Number.NEGATIVE_INFINITY;
  /** When the last packet of picture or sound came. */
  heardMs: number;

  constructor(options: PublisherOptions, nowMs: number) {
    this.#options = options;
    this.heardMs = nowMs;
    const clock = new PublisherClock();
    const { offer, onUnit } = options;
    for (const kind of offer.kinds) {
      const offered = offer[kind];
      if (offered === undefined) continue;
      const { ssrc, payloadType } = offered;
      const track = new PublishedTrack({
        ...{ kind, ssrc, payloadType, clock, reader: readerOf(offered) },
        onUnit: (unit) => onUnit(kind, unit),
      });
      this.#tracks.set(kind, track);
    }
  }

  /** A packet of any kind has come. */
  add(packet: Buffer, nowMs: number): void {
    if (isRtcp(packet)) {
      this.#addReports(packet, nowMs);
      return;
    }
    const parsed = parsePacket(packet);
    if (parsed === undefined) return;
    for (const track of this.#tracks.values()) {
      if (!track.add(parsed, nowMs)) continue;
      this.heardMs = nowMs;
      this.#ask(nowMs);
      return;
    }
  }

  /** To be called a few times a second. */
  tick(nowMs: number): void {
    for (const track of this.#tracks.values()) track.tick(nowMs);
    this.#ask(nowMs);
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.#report(nowMs);
  }

  /** The decoder of a track restarts. */
  restart(kind: MediaKind, nowMs: number): void {
    this.#tracks.get(kind)?.restart();
    this.#ask(nowMs);
  }

  /** What a track sent was left out: what follows needs a key frame. */
  skip(kind: MediaKind): void {
    this.#tracks.get(kind)?.skip();
  }

  #addReports(packet: Buffer, nowMs: number): void {
    for (const report of parseReports(packet)) {
      for (const track of this.#tracks.values()) {
        if (track.ssrc === report.ssrc) track.setReport(report, nowMs);
      }
    }
  }

  /** Asks for packets that are missing, and for a key frame where one is needed. */
  #ask(nowMs: number): void {
    for (const [kind, track] of this.#tracks) {
      const sequences = track.takeAsked(nowMs);
      const isBroken = track.takeKeyframeRequest(nowMs);
      if (sequences.length === 0 && !isBroken) continue;
      const { ssrc, send } = this.#options;
      const asked = sequences.length === 0 ? [] : [{ ssrc: track.ssrc, sequences }];
      const broken = isBroken ? [track.ssrc] : [];
      send(kind, renderFeedback({ ssrc, receptions: [], asked, broken }));
    }
  }

  #report(nowMs: number): void {
    const { ssrc, maxBps, send } = this.#options;
    for (const [kind, track] of this.#tracks) {
      const reception = track.takeReception(nowMs);
      const limit = { bps: maxBps, ssrcs: [track.ssrc] };
      send(
        kind,
        renderFeedback({
          ...{ ssrc, asked: [], broken: [] },
          receptions: reception === undefined ? [] : [reception],
          ...(kind === 'video' && { limit }),
        }),
      );
    }
  }
}

function readerOf({ codec, parameters }: PublishedTrackOffer): FrameReader {
  if (codec === 'vp8') return new Vp8Reader();
  if (codec === 'opus') return new OpusReader();
  return new H264Reader(/sprop-parameter-sets=([^;\s]*)/.exec(parameters)?.[1]);
}
