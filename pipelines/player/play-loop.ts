/** Keeps a player open: opens one again whenever it fails, and when another stream begins. */
import type { BeaconSender } from './playback/beacon.ts';
import { openHlsJs, openNative, playsHls } from './playback/fallback.ts';
import { openLive, type Player, StreamRefused } from './playback/live.ts';
import { hasMediaSource, SourceNotOpened } from './playback/media-source.ts';
import { waitForNextStream } from './playback/next-stream.ts';
import { Wireless } from './playback/pace/wireless.ts';
import { choosePlayers, type PlayerName } from './playback/player-choice.ts';
import { hasWebRtc, type WhepOptions } from './playback/rtc/whep.ts';
import { WhepChoice } from './playback/rtc/whep-choice.ts';
import { SoundLost } from './playback/session.ts';

/** A box whose process died is back within a second or two; each further try comes later. */
const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 1_000;
const RETRY_GROWTH = 1.5;
/** What played for longer did not fail because it was opened. */
const WORKED_MS = 5_000;
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
  /** `player` and `profile` choose by hand; `token` is for a box that asks for one. */
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
  readonly #whep: WhepChoice;
  readonly #wireless: Wireless;
  #retryMs = RETRY_FIRST_MS;

  constructor(deps: PlayLoopDeps) {
    this.#deps = deps;
    this.#whep = new WhepChoice(deps.video);
    this.#wireless = new Wireless(deps.video, () => this.#leaveForWireless());
  }

  /** The player on screen. */
  get player(): Player | undefined {
    return this.#player;
  }

  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#player?.setPaused(isPaused);
  }

  /** The video is for another player, until it is released: a pause before that is over. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) {
      this.#isPaused = false;
      this.#attempt.abort();
      this.#whep.close();
    } else this.#release();
  }

  async run(): Promise<never> {
    const { beacon, onFailed, onEnded } = this.#deps;
    let hasSound = true;
    while (true) {
      if (this.#isHeld) await this.#released();
      this.#attempt = new AbortController();
      const { signal } = this.#attempt;
      let isRefused = false;
      let pauseMs = RETRY_FIRST_MS;
      let openedMs = Number.POSITIVE_INFINITY;
      try {
        const player = await this.#open(hasSound, signal);
        openedMs = performance.now();
        const reopening = this.#reopenLater(player, hasSound);
        hasSound = true;
        beacon.setPlayer(player);
        this.#player = player;
        if (this.#isPaused) player.setPaused(true);
        await player.done.finally(reopening);
        if (signal.aborted) pauseMs = 0;
        else {
          // Else it would go on listening to the video, which is the next one's.
          this.#attempt.abort();
          onEnded(true);
          await this.#nextStream();
          this.#whep.forgive();
          this.#spreadWhep();
          if (!this.#isHeld) onEnded(false);
          beacon.restartStartup();
        }
      } catch (error) {
        if (performance.now() - openedMs > WORKED_MS) this.#retryMs = RETRY_FIRST_MS;
        // Another player takes its place at once.
        const isReplaced = signal.aborted || this.#whep.hasFailed(error);
        pauseMs = isReplaced ? 0 : this.#nextRetryMs();
        hasSound = !(error instanceof SoundLost);
        isRefused = error instanceof StreamRefused;
        if (isRefused) this.#spreadWhep();
        const isWireless = this.#wireless.isOn;
        this.#isSourceBroken ||= error instanceof SourceNotOpened && !isWireless;
        if (!isReplaced && !isWireless) onFailed();
      }
      this.#attempt.abort();
      this.#player = undefined;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (isRefused) beacon.restartStartup();
    }
  }

  /** The picture is on a television. */
  get isWireless(): boolean {
    return this.#wireless.isOn;
  }

  /**
   * Safari closes our source itself, and plays the playlist beside it; WebRTC has none, and a
   * source that is yet to open would not.
   */
  #leaveForWireless(): void {
    const kind = this.#player?.kind;
    const isLeft = this.isWireless ? kind === undefined || kind === 'whep' : kind === 'native';
    if (isLeft) this.#attempt.abort();
  }

  /** Another player is no reason to stop waiting: it would play the end of this stream again. */
  async #nextStream(): Promise<void> {
    do {
      this.#attempt = new AbortController();
      await waitForNextStream(this.#playlistUrl(), this.#attempt.signal);
    } while (this.#attempt.signal.aborted && !this.#isHeld);
  }

  /** This page is one of many that wait for the stream: it begins with parts, and connects then. */
  #spreadWhep(): void {
    if (this.#chooseWay(hasWebRtc()) === 'whep') this.#whep.spread();
  }

  #nextRetryMs(): number {
    const pauseMs = this.#retryMs;
    this.#retryMs = Math.min(RETRY_MAX_MS, pauseMs * RETRY_GROWTH);
    return pauseMs;
  }

  /** In case the sound is back, or WebRTC. @returns what calls it off. */
  #reopenLater(player: Player, hasSound: boolean): () => void {
    const attempt = this.#attempt;
    if (!hasSound) {
      const timer = setTimeout(() => attempt.abort(), SOUND_RETRY_MS);
      return () => clearTimeout(timer);
    }
    // Where another player is chosen, by hand or because it cannot run, it would be opened again and again.
    const isWanted = this.#whep.isAwaited && this.#chooseWay(hasWebRtc()) === 'whep';
    if (player.kind === 'whep' || !isWanted) return () => undefined;
    return this.#whep.comeBack(this.#whepOptions(), attempt);
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

  #whepOptions(): WhepOptions {
    const { nowMs, parameters } = this.#deps;
    const token = parameters.get('token');
    return { playlistUrl: this.#playlistUrl(), token, serverNowMs: nowMs };
  }

  #open(hasSound: boolean, signal: AbortSignal): Promise<Player> {
    const { video, beacon, nowMs } = this.#deps;
    const url = this.#playlistUrl();
    const retried = beacon.restartStartup;
    const open: Readonly<Record<PlayerName, () => Promise<Player>>> = {
      whep: () => this.#whep.open(this.#whepOptions(), signal),
      frames: () => openLive(video, url, nowMs, hasSound, signal, 'frame'),
      push: () => openLive(video, url, nowMs, hasSound, signal, 'part'),
      parts: () => openLive(video, url, nowMs, hasSound, signal),
      native: async () => openNative(video, url, nowMs, retried, signal),
      hls: () => openHlsJs(video, url, nowMs, retried, signal),
    };
    return open[this.#chooseWay(hasWebRtc() && this.#whep.isDue)]();
  }

  #chooseWay(hasRtc: boolean): PlayerName {
    const { video, parameters } = this.#deps;
    // A box with a token offers WebRTC to nobody; who was given the token asks for it.
    const asked = parameters.get('player') ?? (parameters.has('token') ? 'whep' : null);
    const wanted = this.#wireless.isOn ? 'native' : asked;
    const [way = 'hls'] = choosePlayers(wanted, offeredWays(), {
      hasWebRtc: hasRtc,
      hasMediaSource: hasMediaSource() && !this.#isSourceBroken,
      hasStreams: typeof ReadableStream === 'function' && 'body' in Response.prototype,
      playsHls: playsHls(video),
    });
    return way;
  }
}

/** By the box that serves this page; an older one names none. */
function offeredWays(): readonly string[] {
  return (document.body.dataset['ways'] ?? '').split(' ');
}
