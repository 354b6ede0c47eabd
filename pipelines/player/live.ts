import { BufferLost, TrackBuffer } from './buffer.ts';
import { chooseRung, type LadderState, noteTransfer, noteTrouble, openLadder } from './ladder.ts';
import { choosePace, jumped, observe, openPace, type Pace, stalled } from './pace.ts';
import { type Multivariant, type PlaylistPart, parseMultivariant } from './playlist.ts';
import { LiveTrack, StreamReset } from './track.ts';

export interface Player {
  readonly kind: 'venuebox' | 'hls.js' | 'native';
  /** The rendition on screen, as the playlists call it. */
  rendition(): string;
  /** From the camera to the screen in ms, as far as it can be told. */
  latencyMs(): number | undefined;
  readonly done: Promise<void>;
}

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

/** A frame reaches the glass this long after the media clock says so, where the browser does not tell. */
const UNSEEN_MS = 60;

/** True where this browser can run the player: Media Source Extensions with H.264 and AAC. */
export function canRunLive(): boolean {
  return (
    'MediaSource' in window &&
    MediaSource.isTypeSupported('video/mp4; codecs="avc1.4d401f,mp4a.40.2"') &&
    typeof AbortSignal.any === 'function'
  );
}

/** Our player: parts straight into Media Source Extensions, about 0.35 s behind the camera. */
export async function openLive(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  hasSound: boolean,
  signal: AbortSignal,
): Promise<Player> {
  const multivariant = parseMultivariant(await fetchText(playlistUrl, signal));
  const source = new MediaSource();
  const opened = once(source, 'sourceopen', signal);
  video.src = URL.createObjectURL(source);
  try {
    await opened;
  } finally {
    URL.revokeObjectURL(video.src);
  }
  source.duration = Number.POSITIVE_INFINITY;
  const session = new LiveSession(
    video,
    source,
    playlistUrl,
    hasSound ? multivariant : { ...multivariant, audio: undefined },
    serverNowMs,
  );
  session.watchFrames(signal);
  return {
    kind: 'venuebox',
    rendition: () => session.rendition(),
    latencyMs: () => session.latencyMs(),
    done: session.run(signal),
  };
}

class LiveSession {
  readonly #video: HTMLVideoElement;
  readonly #multivariant: Multivariant;
  readonly #base: URL;
  readonly #serverNowMs: () => number;
  readonly #tracks: { readonly track: LiveTrack; readonly buffer: TrackBuffer }[] = [];
  #rung = 0;
  #pace: Pace = openPace(performance.now());
  #ladder: LadderState = openLadder(performance.now());
  /** Unix time of media time 0, in ms. */
  #epochMs: number | undefined;
  /** Unix time at which media time 0 would have been on the glass, in ms. */
  #shownMs: number | undefined;
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
    serverNowMs: () => number,
  ) {
    this.#video = video;
    this.#base = base;
    this.#multivariant = multivariant;
    this.#serverNowMs = serverNowMs;
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
    if (this.#epochMs === undefined || !this.#isStarted) return undefined;
    if (this.#shownMs !== undefined) return Math.max(0, this.#shownMs - this.#epochMs);
    const playedMs = this.#epochMs + this.#video.currentTime * 1000;
    return Math.max(0, this.#serverNowMs() - playedMs + UNSEEN_MS);
  }

  /** Learns from the frames themselves when each was on the glass. */
  watchFrames(signal: AbortSignal): void {
    if (typeof this.#video.requestVideoFrameCallback !== 'function') return;
    const onFrame = (nowMs: number, frame: VideoFrameCallbackMetadata) => {
      if (signal.aborted) return;
      const shownMs = this.#serverNowMs() + frame.expectedDisplayTime - nowMs;
      this.#shownMs = shownMs - frame.mediaTime * 1000;
      this.#video.requestVideoFrameCallback(onFrame);
    };
    this.#video.requestVideoFrameCallback(onFrame);
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
        if (isVideo || this.#multivariant.variants.length === 0) this.#learnEpoch(part, edgeS);
        this.#start();
      },
      onTransfer: (transfer) => {
        if (isVideo) this.#ladder = noteTransfer(this.#ladder, transfer);
      },
      onDiscontinuity: () => {
        this.#epochMs = undefined;
      },
    });
    this.#tracks.push({ track, buffer });
  }

  /** A part's date and where it ended up in the buffer give the time of day of the media. */
  #learnEpoch({ dateMs, durationS }: PlaylistPart, edgeS: number): void {
    if (dateMs !== undefined) this.#epochMs ??= dateMs + durationS * 1000 - edgeS * 1000;
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
    const rung = chooseRung(this.#ladder, ladderBps, this.#rung, nowMs);
    if (rung !== this.#rung) this.#playRung(rung);
  }

  #playRung(rung: number): void {
    const variant = this.#multivariant.variants[rung];
    if (variant === undefined) return;
    const nowMs = performance.now();
    this.#ladder = rung < this.#rung ? noteTrouble(nowMs) : openLadder(nowMs);
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

async function fetchText(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return await response.text();
}

function once(target: EventTarget, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(event, () => resolve(), { once: true });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
