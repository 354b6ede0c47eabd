/** Keeps a player open: opens one again whenever it fails, and when another stream begins. */
import type { BeaconSender } from './playback/beacon.ts';
import { openHlsJs, openNative, playsHls } from './playback/fallback.ts';
import { openLive, type Player, StreamRefused } from './playback/live.ts';
import { hasMediaSource, SourceNotOpened } from './playback/media-source.ts';
import { waitForNextStream } from './playback/next-stream.ts';
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
      try {
        const player = await this.#open(hasSound, signal);
        // A player without sound is opened again after a while, in case the sound is back.
        const { abort } = this.#attempt;
        const soundRetry = hasSound
          ? undefined
          : setTimeout(abort.bind(this.#attempt), SOUND_RETRY_MS);
        hasSound = true;
        beacon.setPlayer(player);
        this.#player = player;
        if (this.#isPaused) player.setPaused(true);
        await player.done.finally(() => clearTimeout(soundRetry));
        if (!signal.aborted) {
          onEnded(true);
          await waitForNextStream(this.#playlistUrl(), signal);
          if (!this.#isHeld) onEnded(false);
          beacon.restartStartup();
        }
      } catch (error) {
        hasSound = !(error instanceof SoundLost);
        isRefused = error instanceof StreamRefused;
        this.#isSourceBroken ||= error instanceof SourceNotOpened;
        if (!this.#isHeld) onFailed();
      }
      this.#attempt.abort();
      this.#player = undefined;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (isRefused) beacon.restartStartup();
    }
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
    const open: Readonly<Record<Way, () => Promise<Player>>> = {
      frames: () => openLive(video, url, nowMs, hasSound, signal, 'frame'),
      push: () => openLive(video, url, nowMs, hasSound, signal, 'part'),
      parts: () => openLive(video, url, nowMs, hasSound, signal),
      native: async () => openNative(video, url, nowMs, retried, signal),
      hls: () => openHlsJs(video, url, nowMs, retried, signal),
    };
    const [way = 'hls'] = waysOf(parameters.get('player'), offeredWays(), {
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
