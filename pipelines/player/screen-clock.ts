import type { PlaylistPart } from './playlist.ts';

/** A frame reaches the glass this long after the media clock says so, where the browser does not tell. */
const UNSEEN_MS = 60;

/** Tells how far behind the camera the screen is. */
export class ScreenClock {
  readonly #video: HTMLVideoElement;
  readonly #serverNowMs: () => number;
  /** Unix time of media time 0, in ms. */
  #epochMs: number | undefined;
  /** Unix time at which media time 0 would have been on the glass, in ms. */
  #shownMs: number | undefined;

  constructor(video: HTMLVideoElement, serverNowMs: () => number) {
    this.#video = video;
    this.#serverNowMs = serverNowMs;
  }

  /** A part's date and where it ended up in the buffer give the time of day of the media. */
  learn({ dateMs, durationS }: PlaylistPart, edgeS: number): void {
    if (dateMs !== undefined) this.#epochMs ??= dateMs + durationS * 1000 - edgeS * 1000;
  }

  /** The media's time of day is another from here on. */
  forget(): void {
    this.#epochMs = undefined;
  }

  latencyMs(): number | undefined {
    if (this.#epochMs === undefined) return undefined;
    if (this.#shownMs !== undefined) return Math.max(0, this.#shownMs - this.#epochMs);
    const playedMs = this.#epochMs + this.#video.currentTime * 1000;
    return Math.max(0, this.#serverNowMs() - playedMs + UNSEEN_MS);
  }

  /** Learns from the frames themselves when each was on the glass. */
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
