import { BufferLost, TrackBuffer } from './buffer.ts';
import { choosePace, jumped, observe, openPace, type Pace, stalled } from './pace.ts';
import type { Multivariant } from './playlist.ts';
import {
  addTransfer,
  afterDownswitch,
  chooseRendition,
  type LadderState,
  openLadder,
} from './rendition-choice.ts';
import type { ScreenClock } from './screen-clock.ts';
import { LiveTrack, StreamReset } from './track.ts';

const PACE_EVERY_MS = 100;
const RETRY_FIRST_MS = 150;
const RETRY_LONGEST_MS = 2_000;
/** A hole in the buffer is jumped when this much lies behind it. */
const LANDING_S = 0.1;
/** A track that brings nothing for so long, while the other does, is given up. */
const LOST_MS = 3_000;
const PAUSED_AHEAD_S = 10;

/** The sound has gone: the picture goes on without it. */
export class SoundLost extends Error {}

/** What one viewer plays: its tracks in their buffers, in step with the live edge. */
export class LiveSession {
  readonly #video: HTMLVideoElement;
  readonly #multivariant: Multivariant;
  readonly #base: URL;
  readonly #clock: ScreenClock;
  readonly #tracks: { readonly track: LiveTrack; readonly buffer: TrackBuffer }[] = [];
  #rung = 0;
  #pace: Pace = openPace(performance.now());
  #ladder: LadderState = openLadder(performance.now());
  #isStarted = false;
  #giveUp: (reason: Error) => void = () => undefined;
  /** When the picture, and the sound, last grew. */
  readonly #grewMs = { video: performance.now(), audio: performance.now() };
  /** Where it played at the last look. */
  #lastS = -1;

  constructor(
    video: HTMLVideoElement,
    source: MediaSource,
    base: URL,
    multivariant: Multivariant,
    clock: ScreenClock,
  ) {
    this.#video = video;
    this.#base = base;
    this.#multivariant = multivariant;
    this.#clock = clock;
    const lowest = multivariant.variants[0];
    if (lowest !== undefined) {
      this.#addTrack(source, `video/mp4; codecs="${lowest.codecs}"`, lowest.uri, true);
    }
    const { audio } = multivariant;
    if (audio !== undefined) {
      this.#addTrack(source, `audio/mp4; codecs="${audio.codecs}"`, audio.uri, false);
    }
  }

  rendition(): string {
    return this.#multivariant.variants[this.#rung]?.uri.split('/')[0] ?? '';
  }

  latencyMs(): number | undefined {
    return this.#isStarted ? this.#clock.latencyMs() : undefined;
  }

  async run(signal: AbortSignal): Promise<void> {
    const onWaiting = () => this.#onWaiting();
    this.#video.addEventListener('waiting', onWaiting);
    const timer = setInterval(() => this.#keepPace(), PACE_EVERY_MS);
    const lost = new Promise<never>((_resolve, reject) => {
      this.#giveUp = reject;
    });
    try {
      const tracks = this.#tracks.map(({ track }) => keepRunning(track, signal));
      await Promise.race([Promise.all(tracks), lost]);
    } finally {
      clearInterval(timer);
      this.#video.removeEventListener('waiting', onWaiting);
    }
  }

  #addTrack(source: MediaSource, mime: string, uri: string, isVideo: boolean): void {
    const buffer = new TrackBuffer(source, mime);
    const track = new LiveTrack(new URL(uri, this.#base), buffer, {
      onPart: (part, edgeS) => {
        this.#grewMs[isVideo ? 'video' : 'audio'] = performance.now();
        if (isVideo || this.#multivariant.variants.length === 0) this.#clock.learn(part, edgeS);
        this.#start();
      },
      onTransfer: (transfer) => {
        if (isVideo) this.#ladder = addTransfer(this.#ladder, transfer);
      },
      onDiscontinuity: () => {
        this.#clock.forget();
      },
    });
    this.#tracks.push({ track, buffer });
  }

  /** Starts as soon as every track has something at one common time. */
  #start(): void {
    if (this.#isStarted) return;
    const ranges = this.#commonRange();
    if (ranges === undefined) return;
    const [startS, endS] = ranges;
    this.#isStarted = true;
    this.#video.currentTime = Math.max(startS, endS - this.#pace.cushionS - 0.1);
    this.#video.play().catch(() => undefined);
  }

  /** The newest stretch that all tracks have. */
  #commonRange(): readonly [number, number] | undefined {
    const newest = this.#tracks.map(({ buffer }) => buffer.ranges.at(-1));
    if (newest.some((range) => range === undefined)) return undefined;
    const startS = Math.max(...newest.map((range) => range?.[0] ?? 0));
    const endS = Math.min(...newest.map((range) => range?.[1] ?? 0));
    return endS - startS > LANDING_S ? [startS, endS] : undefined;
  }

  /** One track has gone while the other is here: on without the sound, or on another rung. */
  #leaveLostTrack(): void {
    const { video, audio } = this.#grewMs;
    const nowMs = performance.now();
    if (this.#tracks.length < 2) return;
    if (nowMs - audio > LOST_MS && nowMs - video < LOST_MS / 2) this.#giveUp(new SoundLost());
    if (nowMs - video > LOST_MS && nowMs - audio < LOST_MS / 2) {
      this.#grewMs.video = nowMs;
      this.#playRung(this.#rung > 0 ? this.#rung - 1 : this.#rung + 1);
    }
  }

  #keepPace(): void {
    this.#leaveLostTrack();
    const video = this.#video;
    const range = this.#commonRange();
    if (!this.#isStarted || range === undefined) return;
    const [startS, endS] = range;
    const nowS = video.currentTime;
    for (const { buffer } of this.#tracks) buffer.trim(nowS);
    // What is played lies before the newest stretch, and has run out: lost media, jump over it.
    // A browser may stop some frames before the end of what it has.
    const isStuck = nowS === this.#lastS;
    this.#lastS = nowS;
    if (nowS < startS && (isStuck || !this.#isPlayable(nowS + 0.05))) {
      this.#jumpTo(range);
      return;
    }
    // A page in the background is paused by some browsers: it must not fill up.
    if (video.paused && endS - nowS > PAUSED_AHEAD_S) this.#jumpTo(range);
    if (video.paused || nowS < startS) return;
    this.#pace = observe(this.#pace, endS - nowS, performance.now());
    const move = choosePace(this.#pace);
    if ('jumpS' in move) {
      video.currentTime = nowS + move.jumpS;
      this.#pace = jumped(this.#pace);
    } else if (Math.abs(video.playbackRate - move.rate) > 0.005) {
      video.playbackRate = move.rate;
    }
    this.#chooseRung();
  }

  #isPlayable(atS: number): boolean {
    return this.#tracks.every(({ buffer }) =>
      buffer.ranges.some(([startS, endS]) => startS <= atS && atS < endS),
    );
  }

  #jumpTo([startS, endS]: readonly [number, number]): void {
    this.#video.currentTime = Math.max(startS, endS - this.#pace.cushionS - 0.1);
    this.#pace = jumped(this.#pace);
    this.#video.play().catch(() => undefined);
  }

  #chooseRung(): void {
    const { variants } = this.#multivariant;
    const nowMs = performance.now();
    const ladderBps = variants.map(({ bandwidthBps }) => bandwidthBps);
    const rung = chooseRendition(this.#ladder, ladderBps, this.#rung, nowMs);
    if (rung !== this.#rung) this.#playRung(rung);
  }

  #playRung(rung: number): void {
    const variant = this.#multivariant.variants[rung];
    if (variant === undefined) return;
    const nowMs = performance.now();
    this.#ladder = rung < this.#rung ? afterDownswitch(nowMs) : openLadder(nowMs);
    this.#rung = rung;
    this.#tracks[0]?.track.switchTo(new URL(variant.uri, this.#base));
  }

  #onWaiting(): void {
    if (!this.#isStarted || this.#video.seeking) return;
    this.#pace = stalled(this.#pace, performance.now());
    this.#ladder = { ...this.#ladder, calmSinceMs: performance.now() };
  }
}

/** Starts a track again at the edge whenever a request failed. */
async function keepRunning(track: LiveTrack, signal: AbortSignal): Promise<void> {
  let pauseMs = RETRY_FIRST_MS;
  while (!signal.aborted) {
    const startedMs = performance.now();
    try {
      await track.run(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof BufferLost || error instanceof StreamReset) throw error;
    }
    if (performance.now() - startedMs > RETRY_LONGEST_MS) pauseMs = RETRY_FIRST_MS;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 2, RETRY_LONGEST_MS);
  }
}
