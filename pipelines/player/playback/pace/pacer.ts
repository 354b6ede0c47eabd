/** Keeps one video element at its pace. */

import {
  addSample,
  afterJump,
  afterStall,
  choosePace,
  openPace,
  type Pace,
  START_BEHIND_S,
  TARGETS_S,
  withBase,
} from './pace.ts';
import { play } from './play.ts';

/** A device that is slow to seek must not be asked again before it has. */
const LEAVE_EVERY_MS = 1_500;

/** What can be played, in s of media time. */
export type Range = readonly [startS: number, endS: number];

export class Pacer {
  readonly #video: HTMLVideoElement;
  #pace: Pace = openPace(performance.now());
  #leftMs = Number.NEGATIVE_INFINITY;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** Plays from near the end of the range. */
  start(range: Range): void {
    this.jump(range);
    play(this.#video);
  }

  /** What is paused stays that. */
  jump([startS, endS]: Range): void {
    this.#video.currentTime = Math.max(startS, endS - this.#pace.targetS - START_BEHIND_S);
    this.#pace = afterJump(this.#pace, performance.now());
  }

  /** To be called at regular times, and before media is added. */
  note([startS, endS]: Range): void {
    const nowS = this.#video.currentTime;
    if (this.#video.paused || nowS < startS) return;
    this.#pace = addSample(this.#pace, { endS, nowS }, performance.now());
  }

  /**
   * Playback has stalled. After a stall Chromium waits for more media than at the start, half a
   * second and more: a seek ends that, and goes on as close to the live edge as before.
   * @returns whether there was enough for it.
   */
  leaveStall([startS, endS]: Range): boolean {
    const nowMs = performance.now();
    const isEnough = endS - this.#video.currentTime > this.#pace.targetS + START_BEHIND_S;
    if (!isEnough || nowMs - this.#leftMs < LEAVE_EVERY_MS) return false;
    this.#leftMs = nowMs;
    this.start([startS, endS]);
    return true;
  }

  /** How media comes now. */
  setWay(way: keyof typeof TARGETS_S): void {
    this.#pace = withBase(this.#pace, TARGETS_S[way]);
  }

  /** Sets the speed. @returns whether it jumped towards the end of the range instead. */
  keep([, endS]: Range): boolean {
    const video = this.#video;
    const nowS = video.currentTime;
    const change = choosePace(this.#pace, { endS, nowS }, performance.now());
    if ('jumpS' in change) {
      video.currentTime = nowS + change.jumpS;
      this.#pace = afterJump(this.#pace, performance.now());
      return true;
    }
    // Read back, the rate may be rounded.
    if (Math.abs(video.playbackRate - change.rate) > 0.001) {
      if (change.rate !== 1) video.preservesPitch = change.keepsPitch;
      video.playbackRate = change.rate;
    }
    return false;
  }

  addStall(): void {
    this.#pace = afterStall(this.#pace, performance.now());
  }
}
