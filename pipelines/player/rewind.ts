/** Rewinding while the drop is live (`recording.dvr_s`), and the way back to live. */
import { renderTime } from './notice.ts';
import type { PlayLoop } from './play-loop.ts';
import { type Finished, playFinished } from './playback/fallback.ts';
import { PLAY_REFUSED, play } from './playback/pace/play.ts';
import { element, ROOT } from './root.ts';
import { fill } from './text/fill.ts';
import { announce, texts, write } from './texts.ts';

/** The recording ends some seconds before live: nearer than this is live. */
const LIVE_WITHIN_S = 10;
/** As the arrow keys move it. */
const STEP_S = 10;

export interface RewindDeps {
  readonly video: HTMLVideoElement;
  /** It has the video while that is live. */
  readonly loop: Pick<PlayLoop, 'hold' | 'setPaused'>;
  /** Unix time in ms, by the box's clock. */
  readonly nowMs: () => number;
}

export class Rewind {
  readonly #deps: RewindDeps;
  readonly #input = element('rewind') as HTMLInputElement;
  #behindMaxS = 0;
  /** The guest moves the bar: playback does not. */
  #isMoving = false;
  #isOn = false;
  #opened: Promise<Finished> | undefined;
  #playing: Finished | undefined;
  /** The one before has given the video back. */
  #closed: Promise<void> = Promise.resolve();

  constructor(deps: RewindDeps) {
    this.#deps = deps;
    const input = this.#input;
    input.addEventListener('input', () => {
      this.#isMoving = true;
      this.#show(-Number(input.value));
    });
    input.addEventListener('change', () => {
      this.#isMoving = false;
      this.#moveTo(-Number(input.value));
    });
    input.addEventListener('keydown', (event) => {
      const stepsS = {
        ArrowLeft: STEP_S,
        ArrowDown: STEP_S,
        ArrowRight: -STEP_S,
        ArrowUp: -STEP_S,
      };
      const stepS = stepsS[event.key as keyof typeof stepsS];
      if (stepS === undefined) return;
      event.preventDefault();
      this.#moveTo(Math.max(this.#behindS(), stepS > 0 ? LIVE_WITHIN_S : 0) + stepS);
    });
    deps.video.addEventListener('ended', () => this.#leave());
    // The guest may have paused it by a key of the device, or beside the page.
    for (const event of ['play', 'pause', PLAY_REFUSED])
      deps.video.addEventListener(event, () => {
        if (this.#isOn) document.body.classList.toggle('paused', deps.video.paused);
      });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** @param dvrS How far back the box lets guests go. @param liveMs How long the drop is live. */
  setRange(dvrS: number, liveMs: number): void {
    this.#behindMaxS = Math.max(0, Math.min(dvrS, liveMs / 1000));
    element('rewinding').hidden = this.#behindMaxS <= LIVE_WITHIN_S;
  }

  /** Ends a pause, too. */
  toLive(): void {
    document.body.classList.remove('paused');
    if (this.#isOn) this.#leave();
    else this.#deps.loop.setPaused(false);
  }

  #leave(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    document.body.classList.remove('rewound', 'paused');
    const closing = this.#opened?.then(({ close }) => close()).catch(() => undefined);
    this.#closed = (closing ?? Promise.resolve()).then(() => {
      if (!this.#isOn) this.#deps.loop.hold(false);
    });
    this.#opened = undefined;
    this.#playing = undefined;
  }

  render(): void {
    this.#input.min = String(-Math.floor(this.#behindMaxS));
    if (!this.#isMoving) this.#show(this.#behindS());
  }

  #show(behindS: number): void {
    const isLive = behindS < LIVE_WITHIN_S;
    const time = renderTime(Math.max(0, Math.round(behindS)));
    if (!this.#isMoving) this.#input.value = String(isLive ? 0 : -behindS);
    const said = isLive ? texts().live : fill(texts().behindLive, { time });
    this.#input.setAttribute('aria-valuetext', said);
    const played = isLive ? 100 : 100 - (100 * behindS) / Math.max(1, this.#behindMaxS);
    this.#input.style.setProperty('--played', `${Math.max(0, played)}%`);
    write(element('behind'), isLive ? '' : `−${time}`);
  }

  /** 0 at live, and while the recording opens what the guest has asked for. */
  #behindS(): number {
    if (!this.#isOn) return 0;
    const dateMs = this.#playing?.dateMs();
    return dateMs === undefined ? -Number(this.#input.value) : (this.#deps.nowMs() - dateMs) / 1000;
  }

  /** It plays from there, also where it was paused. */
  #moveTo(behindS: number): void {
    if (behindS < LIVE_WITHIN_S) {
      this.toLive();
      return;
    }
    const wantedS = Math.min(behindS, this.#behindMaxS);
    this.#input.value = String(-wantedS);
    document.body.classList.remove('paused');
    if (!this.#isOn) {
      this.#isOn = true;
      document.body.classList.add('rewound');
      this.#deps.loop.hold(true);
      this.#opened = this.#open();
    }
    this.#opened?.then(
      (opened) => this.#seek(opened, wantedS),
      () => this.#fail(),
    );
  }

  async #open(): Promise<Finished> {
    await this.#closed;
    const playlistUrl = new URL('replay/index.m3u8', ROOT);
    return playFinished(this.#deps.video, playlistUrl, ROOT, () => this.#fail());
  }

  /** The guest sees what is live, and reads why. */
  #fail(): void {
    if (!this.#isOn) return;
    this.#leave();
    announce(texts().failed);
  }

  /** By the dates of the playlist, which the player knows once it plays. */
  async #seek(opened: Finished, wantedS: number): Promise<void> {
    this.#playing = opened;
    const { video, nowMs } = this.#deps;
    if (video.paused) play(video);
    const started = opened.dateMs() === undefined ? once(video, 'playing') : Promise.resolve();
    await started;
    const dateMs = opened.dateMs();
    if (!this.#isOn || dateMs === undefined) return;
    const moveS = (nowMs() - wantedS * 1000 - dateMs) / 1000;
    video.currentTime = Math.max(0, video.currentTime + moveS);
  }
}

function once(target: EventTarget, event: string): Promise<void> {
  return new Promise((resolve) => {
    target.addEventListener(event, () => resolve(), { once: true });
  });
}
