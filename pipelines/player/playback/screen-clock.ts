/** How far the screen is behind the camera. */
import type { DatedMedia } from './track.ts';

/** From the media clock's time of a frame to its display, where the browser does not report that. */
const DISPLAY_DELAY_MS = 60;

export class ScreenClock {
  readonly #video: HTMLVideoElement;
  readonly #serverNowMs: () => number;
  /** Unix time of media time 0, in ms. */
  #epochMs: number | undefined;
  /** Unix time at which media time 0 would have been on the screen, in ms. */
  #shownMs: number | undefined;

  constructor(video: HTMLVideoElement, serverNowMs: () => number) {
    this.#video = video;
    this.#serverNowMs = serverNowMs;
  }

  /** Derives the media's time of day from a part's date and its position in the buffer. */
  setFrom({ dateMs, durationS }: DatedMedia, edgeS: number): void {
    if (dateMs !== undefined) this.#epochMs ??= dateMs + durationS * 1000 - edgeS * 1000;
  }

  /** The media's time of day changes here, and is not known until the next part. */
  reset(): void {
    this.#epochMs = undefined;
  }

  /** Undefined while the media's time of day is not known. */
  latencyMs(): number | undefined {
    if (this.#epochMs === undefined) return undefined;
    if (this.#shownMs !== undefined) return Math.max(0, this.#shownMs - this.#epochMs);
    const playedMs = this.#epochMs + this.#video.currentTime * 1000;
    return Math.max(0, this.#serverNowMs() - playedMs + DISPLAY_DELAY_MS);
  }

  /** Measures when frames are displayed, where the browser reports that. */
  watch(signal: AbortSignal): void {
    if (typeof this.#video.requestVideoFrameCallback !== 'function') return;
    const onFrame = (nowMs: number, frame: VideoFrameCallbackMetadata) => {
      if (signal.aborted) return;
      const shownMs = this.#serverNowMs() + frame.expectedDisplayTime - nowMs;
      this.#shownMs = shownMs - frame.mediaTime * 1000;
      this.#video.requestVideoFrameCallback(onFrame);
    };
    this.#video.requestVideoFrameCallback(onFrame);
  }
}
