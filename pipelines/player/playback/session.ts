/** One viewer's playback: its tracks in their buffers, close to the live edge. */
import { Adaptation } from './adaptation.ts';
import { BufferLost, commonRange, TrackBuffer } from './buffer.ts';
import { MediaDemand } from './media-demand.ts';
import { watchStreaming } from './media-source.ts';
import { TrackAges } from './pace/lost-track.ts';
import { Pacer } from './pace/pacer.ts';
import { pause } from './pace/play.ts';
import { type Multivariant, renditionOf } from './playlist.ts';
import { Delivery } from './push/delivery.ts';
import { type PushedTrack, PushFeed } from './push/push-feed.ts';
import type { ScreenClock } from './screen-clock.ts';
import { LiveTrack, type TrackEvents } from './track.ts';

const PACE_EVERY_MS = 100;
/** What the browser evicts is fetched again this often at most. */
const REFILL_EVERY_MS = 1_000;
/** A paused player jumps to the live edge once this much is buffered ahead. */
const PAUSED_AHEAD_S = 10;

/** The sound is lost: the picture is to be played without it. */
export class SoundLost extends Error {}

export interface SessionOptions {
  readonly video: HTMLVideoElement;
  readonly source: MediaSource;
  /** Of the multivariant playlist. */
  readonly base: URL;
  readonly multivariant: Multivariant;
  readonly clock: ScreenClock;
  /** What the box is to push; undefined: parts are fetched. */
  readonly pushed: 'part' | 'frame' | undefined;
}

export class LiveSession {
  readonly #video: HTMLVideoElement;
  readonly #source: MediaSource;
  readonly #multivariant: Multivariant;
  readonly #base: URL;
  readonly #clock: ScreenClock;
  readonly #tracks: (PushedTrack & { readonly track: LiveTrack })[] = [];
  readonly #demand = new MediaDemand();
  readonly #adaptation: Adaptation;
  readonly #delivery: Delivery;
  readonly #pacer: Pacer;
  #isPlaying = false;
  #isPaused = false;
  #refilledMs = Number.NEGATIVE_INFINITY;
  #fail: (reason: Error) => void = () => undefined;
  readonly #ages = new TrackAges();
  /** The playback position at the last check. */
  #lastS = -1;

  constructor({ video, source, base, multivariant, clock, pushed }: SessionOptions) {
    this.#video = video;
    this.#source = source;
    this.#base = base;
    this.#multivariant = multivariant;
    this.#clock = clock;
    this.#adaptation = new Adaptation(multivariant.variants.map((variant) => variant.bandwidthBps));
    const lowest = multivariant.variants[0];
    if (lowest !== undefined) {
      this.#addTrack(source, `video/mp4; codecs="${lowest.codecs}"`, lowest.uri, true);
    }
    const { audio } = multivariant;
    if (audio !== undefined) {
      this.#addTrack(source, `audio/mp4; codecs="${audio.codecs}"`, audio.uri, false);
    }
    const tracks = this.#tracks.map(({ track }) => track);
    const push = pushed && new PushFeed({ ...this.#pushOptions(), chunk: pushed });
    this.#delivery = new Delivery(tracks, this.#demand, push);
    this.#pacer = new Pacer(video);
    this.#pacer.setWay(this.way());
    watchStreaming(source, (isWanted) => this.#demand.set('browser', isWanted));
  }

  rendition(): string {
    return renditionOf(this.#multivariant.variants[this.#adaptation.index]?.uri ?? '');
  }

  /** How media comes now. */
  way(): Delivery['way'] {
    return this.#delivery.way;
  }

  latencyMs(): number | undefined {
    return this.#isPlaying ? this.#clock.latencyMs() : undefined;
  }

  switches(): number {
    return this.#adaptation.switches;
  }

  /** Paused, it fetches nothing; it goes on from the live edge. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#demand.set('guest', !isPaused);
    this.#isPlaying = false;
    if (isPaused) pause(this.#video);
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#video.addEventListener('waiting', () => this.#onWaiting(), { signal });
    const timer = setInterval(() => this.#keepPace(), PACE_EVERY_MS);
    const over = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      // The tracks end a moment later, or never where an append was under way: the video may be
      // another player's already, and its source with this buffer is gone.
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const onClosed = () => this.#fail(new BufferLost('the browser closed the media source'));
    this.#source.addEventListener('sourceclose', onClosed, { once: true });
    try {
      await Promise.race([this.#delivery.run(signal), over]);
    } finally {
      clearInterval(timer);
    }
  }

  #addTrack(source: MediaSource, mime: string, uri: string, isVideo: boolean): void {
    const buffer = new TrackBuffer(
      source,
      mime,
      (endS) => this.#refill(track, endS),
      () => this.#noteAhead(),
    );
    const kind = isVideo ? 'video' : 'audio';
    const events: TrackEvents = {
      onPart: (part, edgeS) => {
        const { dateMs, durationS } = part;
        this.#ages.add(kind, performance.now());
        if (isVideo && dateMs !== undefined)
          this.#adaptation.addArrival(dateMs + durationS * 1_000);
        if (isVideo || this.#multivariant.variants.length === 0) this.#clock.setFrom(part, edgeS);
        this.#start();
      },
      onTransfer: (transfer) => {
        if (isVideo) this.#adaptation.addTransfer(transfer);
      },
      onDiscontinuity: () => {
        this.#clock.reset();
      },
    };
    const track: LiveTrack = new LiveTrack(new URL(uri, this.#base), buffer, events);
    const named = isVideo ? {} : { name: renditionOf(uri) };
    this.#tracks.push({ kind, track, buffer, events, ...named });
  }

  #pushOptions() {
    const [first] = this.#multivariant.variants;
    const rendition = renditionOf(first?.uri ?? this.#multivariant.audio?.uri ?? '');
    return { playlistUrl: this.#base, rendition, tracks: this.#tracks };
  }

  /** Starts playback as soon as all tracks are buffered at one common time. */
  #start(): void {
    if (this.#isPlaying || this.#isPaused) return;
    const range = this.#commonRange();
    if (range === undefined) return;
    this.#isPlaying = true;
    this.#pacer.start(range);
  }

  /** The browser has removed media that is yet to be played. */
  #refill(track: LiveTrack, endS: number): void {
    const nowMs = performance.now();
    const isPlayed = endS <= this.#video.currentTime;
    if (!this.#isPlaying || isPlayed || nowMs - this.#refilledMs < REFILL_EVERY_MS) return;
    this.#refilledMs = nowMs;
    this.#delivery.refill(track);
  }

  #commonRange(): readonly [number, number] | undefined {
    return commonRange(this.#tracks.map(({ buffer }) => buffer));
  }

  /** Where one track is lost: plays on without the sound, or another rendition. */
  #replaceLostTrack(): void {
    if (this.#tracks.length < 2) return;
    const nowMs = performance.now();
    const lost = this.#ages.lost(nowMs);
    if (lost === 'audio') this.#fail(new SoundLost());
    if (lost === 'video') {
      this.#ages.renew('video', nowMs);
      if (this.#adaptation.leave()) this.#switch();
    }
  }

  #keepPace(): void {
    if (!this.#demand.isOn) {
      this.#ages.restart();
      return;
    }
    this.#replaceLostTrack();
    const video = this.#video;
    const range = this.#commonRange();
    if (!this.#isPlaying || range === undefined) return;
    const [startS, endS] = range;
    const nowS = video.currentTime;
    for (const { buffer } of this.#tracks) buffer.trim(nowS);
    // The position lies before the newest range and has nothing left to play: media was
    // lost, and is skipped. A browser may stop some frames before the end of its buffer.
    const isStuck = nowS === this.#lastS;
    this.#lastS = nowS;
    const isPlayable = this.#tracks.every(({ buffer }) => buffer.has(nowS + 0.05));
    if (nowS < startS && (isStuck || !isPlayable)) {
      if (video.paused) this.#pacer.jump(range);
      else this.#pacer.start(range);
      return;
    }
    // Some browsers pause a page in the background: its buffer must not fill up. The page plays it
    // again; here it could be the guest who has paused, and sound would come out of a pocket.
    if (video.paused && endS - nowS > PAUSED_AHEAD_S) this.#pacer.jump(range);
    if (video.paused || nowS < startS) return;
    const isStalled = isStuck && !video.seeking && video.readyState < video.HAVE_FUTURE_DATA;
    if (isStalled && this.#pacer.leaveStall(range)) return;
    this.#pacer.setWay(this.way());
    this.#pacer.note(range);
    if (this.#pacer.keep(range)) this.#adaptation.interrupt();
    if (this.#adaptation.choose(video)) this.#switch();
  }

  #noteAhead(): void {
    const range = this.#commonRange();
    if (this.#isPlaying && range !== undefined) this.#pacer.note(range);
  }

  #switch(): void {
    const variant = this.#multivariant.variants[this.#adaptation.index];
    if (variant === undefined) return;
    this.#delivery.switchTo(new URL(variant.uri, this.#base), renditionOf(variant.uri));
  }

  #onWaiting(): void {
    if (!this.#isPlaying || this.#video.seeking) return;
    this.#pacer.addStall();
    this.#delivery.addStall(performance.now());
    this.#adaptation.interrupt();
  }
}
