/** One viewer: what it gets of picture and sound, and what its feedback changes. */
import type { Offer } from './offer.ts';
import type { Frame, Rendition } from './rendition.ts';
import { RenditionChoice } from './rendition-choice.ts';
import { parseFeedback, renderSenderReport, roundTripMs } from './rtcp.ts';
import { SoundSender } from './sound-sender.ts';
import {
  mediaNowUs,
  SOUND_TICKS_PER_MS,
  type StreamStart,
  timestampOf,
  VIDEO_TICKS_PER_MS,
} from './stream-time.ts';
import { VideoSender } from './video-sender.ts';

export interface ViewerOptions {
  readonly offer: Offer;
  /** That it may get, lowest first. */
  readonly renditions: readonly Rendition[];
  /** Of the stream, lowest first: one of those that it may not get may have to replace one. */
  readonly all: readonly Rendition[];
  readonly ssrcs: { readonly video: number; readonly audio: number };
  readonly cname: string;
  readonly start: StreamStart;
  readonly send: (kind: 'video' | 'audio', packet: Buffer) => void;
  /** For the first sequence numbers. */
  readonly random: () => number;
}

const REPORT_EVERY_MS = 1_000;
/** What it is sent is measured over the time between so many reports. */
const SENT_REPORTS = 4;
/** A picture is repaired this often at most. */
const REPAIR_EVERY_MS = 1_000;

export class Viewer {
  readonly #options: ViewerOptions;
  readonly #video: VideoSender | undefined;
  readonly #sound: SoundSender | undefined;
  readonly #choice: RenditionChoice;
  #current: Rendition | undefined;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #sent: readonly { readonly atMs: number; readonly bytes: number }[] = [];
  #repairedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ViewerOptions, nowMs: number) {
    const { offer, ssrcs, send, renditions, random } = options;
    const open = <Sender>(
      kind: 'video' | 'audio',
      Type: new (sender: ConstructorParameters<typeof VideoSender>[0], first: number) => Sender,
    ): Sender | undefined => {
      const track = offer[kind];
      if (track === undefined) return undefined;
      const { payloadType, sendTimeId } = track;
      const to = (packet: Buffer) => send(kind, packet);
      return new Type({ ssrc: ssrcs[kind], payloadType, sendTimeId, send: to }, random() & 0x7fff);
    };
    this.#options = options;
    this.#video = open('video', VideoSender);
    this.#sound = open('audio', SoundSender);
    this.#choice = new RenditionChoice(
      renditions.map(({ bitrateBps }) => bitrateBps),
      nowMs,
    );
  }

  /** The rendition that it can receive, whether it is sent now or not. */
  get wanted(): string | undefined {
    return this.#options.renditions[this.#choice.index]?.id;
  }

  /** There are packets that wait for their time. */
  get isWaiting(): boolean {
    return this.#video?.isWaiting === true;
  }

  /** Its connection is open: the picture begins with the last key frame. */
  begin(nowMs: number): void {
    this.#current = this.#wantedAt(nowMs);
    this.#video?.catchUp(this.#current?.saved ?? [], nowMs);
    this.tick(nowMs);
  }

  /** A frame of some rendition. */
  addFrame(from: Rendition, frame: Frame, nowMs: number): void {
    const isSwitch = from !== this.#current && frame.isKeyframe;
    if (isSwitch && from === this.#wantedAt(nowMs)) this.#current = from;
    if (from === this.#current) this.#video?.add(frame, nowMs);
  }

  /** @param mediaUs Media time of the sound. */
  addSound(data: Buffer, mediaUs: number, nowMs: number): void {
    this.#sound?.add(data, timestampOf(this.#options.start, mediaUs, SOUND_TICKS_PER_MS), nowMs);
  }

  /** RTCP that it has sent. */
  addFeedback(packet: Buffer, nowMs: number): void {
    const { video } = this.#options.ssrcs;
    const { lost, echoes, missing, broken, estimateBps } = parseFeedback(packet);
    for (const { ssrc, sequences } of missing) {
      if (ssrc === video) this.#video?.repeat(sequences, nowMs);
    }
    const lostShare = lost.get(video);
    if (lostShare !== undefined) this.#choice.setLost(lostShare, nowMs);
    const echo = echoes.get(video);
    const tripMs = echo && roundTripMs(echo, this.#wallMs(nowMs));
    if (tripMs !== undefined) this.#choice.setRoundTrip(tripMs, nowMs);
    if (estimateBps !== undefined) this.#choice.setEstimate(estimateBps, nowMs);
    if (broken.has(video)) this.#repair(nowMs);
  }

  /** To be called each few ms while it is waiting, and ten times a second otherwise. */
  tick(nowMs: number): void {
    this.#video?.flush(nowMs);
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.#measureSent(nowMs);
    this.#report('video', this.#video, VIDEO_TICKS_PER_MS, nowMs);
    this.#report('audio', this.#sound, SOUND_TICKS_PER_MS, nowMs);
  }

  /**
   * While its encoder is suspended to save power: the next lower one, or else a higher one. Where
   * no encoder runs, what it has now: the last picture of another one may be old.
   */
  #wantedAt(nowMs: number): Rendition | undefined {
    const { renditions, all } = this.#options;
    const wanted = renditions[this.#choice.index];
    if (wanted === undefined || wanted.isSent(nowMs)) return wanted;
    const lower = all.slice(0, all.indexOf(wanted)).toReversed();
    const higher = all.slice(all.indexOf(wanted) + 1);
    return [...lower, ...higher].find((one) => one.isSteady(nowMs)) ?? this.#current ?? wanted;
  }

  #measureSent(nowMs: number): void {
    const bytes = this.#video?.bytesTotal ?? 0;
    this.#sent = [...this.#sent, { atMs: nowMs, bytes }].slice(-SENT_REPORTS);
    const [first = { atMs: nowMs, bytes }] = this.#sent;
    const forMs = nowMs - first.atMs;
    if (forMs > 0) this.#choice.setSent(((bytes - first.bytes) * 8_000) / forMs);
  }

  /** The last key frame is there already: no encoder has to make another one. */
  #repair(nowMs: number): void {
    const saved = this.#current?.saved ?? [];
    if (nowMs - this.#repairedMs < REPAIR_EVERY_MS || saved.length === 0) return;
    this.#repairedMs = nowMs;
    this.#video?.catchUp(saved, nowMs);
  }

  /** By the clock of the stream, as sender reports have it. */
  #wallMs(nowMs: number): number {
    const { start } = this.#options;
    return start.epochMs + mediaNowUs(start, nowMs * 1000) / 1000;
  }

  #report(
    kind: 'video' | 'audio',
    sender: { readonly packetsTotal: number; readonly bytesTotal: number } | undefined,
    ticksPerMs: number,
    nowMs: number,
  ): void {
    if (sender === undefined) return;
    const { start, ssrcs, cname, send } = this.#options;
    const report = renderSenderReport({
      ssrc: ssrcs[kind],
      wallMs: this.#wallMs(nowMs),
      timestamp: timestampOf(start, mediaNowUs(start, nowMs * 1000), ticksPerMs),
      packetsTotal: sender.packetsTotal,
      bytesTotal: sender.bytesTotal,
      cname,
    });
    send(kind, report);
  }
}
