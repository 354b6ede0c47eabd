/** The movie of the page: plays it, says where that fails, and tries again when the guest wants it. */
import { type Finished, playFinished } from '../playback/fallback.ts';
import { play } from '../playback/pace/play.ts';
import { element, ROOT } from '../root.ts';
import { texts, write } from '../texts.ts';

export class Movie {
  readonly #video: HTMLVideoElement;
  readonly #isReplay: boolean;
  #hasReplay: boolean | 'awaited' | 'unknown' = 'awaited';
  #hasFailed = false;
  /** Where it was when it failed. */
  #atS = 0;
  #opened: Promise<Finished> | undefined;

  /** @param isReplay Or a clip, which the video has already. */
  constructor(video: HTMLVideoElement, isReplay: boolean) {
    this.#video = video;
    this.#isReplay = isReplay;
    video.addEventListener('loadedmetadata', () => {
      if (this.#atS > 0) video.currentTime = this.#atS;
      this.#atS = 0;
    });
    if (isReplay) this.#open();
    else {
      video.addEventListener('error', () => this.#fail());
      if (video.error !== null) this.#fail();
    }
  }

  toggle(): void {
    if (this.#hasFailed) this.#tryAgain();
    else if (this.#video.paused) this.#video.play().catch(() => undefined);
    else this.#video.pause();
  }

  /** One that comes to be while the page is open is played. @param hasReplay By the box. */
  setReplay(hasReplay: boolean | 'unknown'): void {
    const isNew = hasReplay === true && this.#hasReplay !== true;
    this.#hasReplay = hasReplay;
    if (isNew && this.#isReplay && this.#hasFailed) this.#tryAgain();
    this.render();
  }

  render(): void {
    const isSaid = this.#hasFailed && !(this.#isReplay && this.#hasReplay === 'awaited');
    const isNone = this.#isReplay && this.#hasReplay === false;
    const why = isNone ? texts().noReplay : texts().failed;
    write(element('message'), isSaid ? why : '');
  }

  #tryAgain(): void {
    this.#hasFailed = false;
    this.render();
    if (this.#isReplay) this.#open();
    else {
      this.#video.load();
      play(this.#video);
    }
  }

  #open(): void {
    const playlistUrl = new URL('replay/index.m3u8', ROOT);
    this.#opened = playFinished(this.#video, playlistUrl, ROOT, () => this.#fail());
    this.#opened.catch(() => this.#fail());
  }

  #fail(): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#atS = this.#video.currentTime;
    this.#video.pause();
    this.#opened?.then(({ close }) => close()).catch(() => undefined);
    this.#opened = undefined;
    this.render();
  }
}
