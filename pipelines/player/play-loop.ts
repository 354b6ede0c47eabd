/** Keeps a player open: opens one again whenever it fails, and when another stream begins. */
import type { BeaconSender } from './playback/beacon.ts';
import { openHlsJs, openNative, playsHls } from './playback/fallback.ts';
import { openLive, type Player, StreamRefused } from './playback/live.ts';
import { hasMediaSource, SourceNotOpened } from './playback/media-source.ts';
import { waitForNextStream } from './playback/next-stream.ts';
import { WhepTries } from './playback/rtc/tries.ts';
import { hasWebRtc, openWhep, WhepFailed } from './playback/rtc/whep.ts';
import { SoundLost } from './playback/session.ts';
import { type Way, waysOf } from './playback/ways.ts';

const RETRY_MS = 1_000;
const SOUND_RETRY_MS = 20_000;

export interface PlayLoopDeps {
  readonly video: HTMLVideoElement;
  readonly beacon: BeaconSender;
  /** Unix time in ms, by the box's clock. */
  readonly nowMs: () => number;
  /** There is no picture now. */
  readonly onFailed: () => void;
  /** The stream has ended; with false: another one begins. */
  readonly onEnded: (hasEnded: boolean) => void;
  /** `player` and `profile` choose by hand. */
  readonly parameters: URLSearchParams;
}

export class PlayLoop {
  readonly #deps: PlayLoopDeps;
  #player: Player | undefined;
  #attempt = new AbortController();
  /** Another player has the video. */
  #isHeld = false;
  #release: () => void = () => undefined;
  #isPaused = false;
  /** The browser did not open a media source: other players are used. */
  #isSourceBroken = false;
  readonly #whepTries = new WhepTries();

  constructor(deps: PlayLoopDeps) {
    this.#deps = deps;
  }

  /** The player on screen. */
  get player(): Player | undefined {
    return this.#player;
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#player?.setPaused(isPaused);
  }

  /** The video is for another player, until it is released. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#attempt.abort();
    else this.#release();
  }

  async run(): Promise<never> {
    const { beacon, onFailed, onEnded } = this.#deps;
    let hasSound = true;
    while (true) {
      if (this.#isHeld) await this.#released();
      this.#attempt = new AbortController();
      const { signal } = this.#attempt;
      let isRefused = false;
      let pauseMs = RETRY_MS;
      try {
        const player = await this.#open(hasSound, signal);
        const reopening = this.#reopenLater(player, hasSound);
        hasSound = true;
        beacon.setPlayer(player);
        this.#player = player;
        if (this.#isPaused) player.setPaused(true);
        await player.done.finally(() => clearTimeout(reopening));
        if (!signal.aborted) {
          onEnded(true);
          await waitForNextStream(this.#playlistUrl(), signal);
          if (!this.#isHeld) onEnded(false);
          beacon.restartStartup();
        }
      } catch (error) {
        if (error instanceof WhepFailed) {
          // Parts take its place at once.
          pauseMs = 0;
          this.#whepTries.fail(error.isRefused, performance.now());
        }
        hasSound = !(error instanceof SoundLost);
        isRefused = error instanceof StreamRefused;
        this.#isSourceBroken ||= error instanceof SourceNotOpened;
        if (!this.#isHeld && pauseMs > 0) onFailed();
      }
      this.#attempt.abort();
      this.#player = undefined;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (isRefused) beacon.restartStartup();
    }
  }

  /** In case the sound is back, or WebRTC. */
  #reopenLater(player: Player, hasSound: boolean): ReturnType<typeof setTimeout> | undefined {
    const whepMs = this.#whepTries.waitMs(performance.now());
    const isWhepBetter = player.kind !== 'whep' && whepMs > 0;
    if (hasSound && !isWhepBetter) return undefined;
    const attempt = this.#attempt;
    return setTimeout(() => attempt.abort(), hasSound ? whepMs : SOUND_RETRY_MS);
  }

  #released(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  #playlistUrl(): URL {
    const url = new URL('live/index.m3u8', document.baseURI);
    const profile = this.#deps.parameters.get('profile');
    if (profile !== null) url.searchParams.set('profile', profile);
    return url;
  }

  #open(hasSound: boolean, signal: AbortSignal): Promise<Player> {
    const { video, beacon, nowMs, parameters } = this.#deps;
    const url = this.#playlistUrl();
    const retried = beacon.restartStartup;
    const openedMs = performance.now();
    const open: Readonly<Record<Way, () => Promise<Player>>> = {
      whep: () => {
        this.#whepTries.start(openedMs);
        return openWhep(video, url, nowMs, signal);
      },
      frames: () => openLive(video, url, nowMs, hasSound, signal, 'frame'),
      push: () => openLive(video, url, nowMs, hasSound, signal, 'part'),
      parts: () => openLive(video, url, nowMs, hasSound, signal),
      native: async () => openNative(video, url, nowMs, retried, signal),
      hls: () => openHlsJs(video, url, nowMs, retried, signal),
    };
    const [way = 'hls'] = waysOf(parameters.get('player'), offeredWays(), {
      hasWebRtc: hasWebRtc() && this.#whepTries.waitMs(openedMs) === 0,
      hasMediaSource: hasMediaSource() && !this.#isSourceBroken,
      hasStreams: typeof ReadableStream === 'function' && 'body' in Response.prototype,
      playsHls: playsHls(video),
    });
    return open[way]();
  }
}

/** By the box that serves this page; an older one names none. */
function offeredWays(): readonly string[] {
  return (document.body.dataset['ways'] ?? '').split(' ');
}
