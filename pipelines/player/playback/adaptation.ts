/** The rendition that one viewer plays, and how often it has changed. */
import { isOutOfSight } from './pace/sight.ts';
import {
  addArrival,
  addFrames,
  addTransfer,
  afterInterruption,
  afterSwitch,
  chooseRendition,
  openHistory,
  type PlaybackHistory,
  type Transfer,
  whileHidden,
} from './rendition-choice.ts';

export class Adaptation {
  readonly #bandwidthsBps: readonly number[];
  #history: PlaybackHistory = openHistory(performance.now());
  #index = 0;
  #switches = 0;

  /** @param bandwidthsBps Of each rendition, lowest first; the lowest is played first. */
  constructor(bandwidthsBps: readonly number[]) {
    this.#bandwidthsBps = bandwidthsBps;
  }

  get index(): number {
    return this.#index;
  }

  get switches(): number {
    return this.#switches;
  }

  addTransfer(transfer: Transfer): void {
    this.#history = addTransfer(this.#history, transfer);
  }

  /** @param endDateMs When the part that has come in ended. */
  addArrival(endDateMs: number): void {
    const nowMs = performance.now();
    this.#history = addArrival(this.#history, nowMs - endDateMs, nowMs);
  }

  interrupt(): void {
    this.#history = afterInterruption(this.#history, performance.now());
  }

  /** Returns true where another rendition is to be played from now on. */
  choose(video: HTMLVideoElement): boolean {
    const nowMs = performance.now();
    this.#addFrames(video, nowMs);
    const next = chooseRendition(this.#history, this.#bandwidthsBps, this.#index, nowMs);
    return this.#switchTo(next, nowMs);
  }

  /** The rendition that is played has no media: the next lower one, or for the lowest the next higher. */
  leave(): boolean {
    const next = this.#index > 0 ? this.#index - 1 : this.#index + 1;
    return this.#switchTo(next, performance.now());
  }

  #addFrames(video: HTMLVideoElement, nowMs: number): void {
    if (isOutOfSight(video)) {
      this.#history = whileHidden(this.#history, nowMs);
      return;
    }
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    const totals = { shown: totalVideoFrames, dropped: droppedVideoFrames };
    this.#history = addFrames(this.#history, totals, nowMs);
  }

  #switchTo(index: number, nowMs: number): boolean {
    if (index === this.#index || this.#bandwidthsBps[index] === undefined) return false;
    this.#history = afterSwitch(this.#history, this.#index, index, nowMs);
    this.#index = index;
    this.#switches += 1;
    return true;
  }
}
