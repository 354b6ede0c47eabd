/** The camera's frame rate, measured after the encoders: that of the rendition with most frames. */
export class FrameRate {
  readonly #frames = new Map<string, number>();
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  add(trackId: string): void {
    this.#frames.set(trackId, (this.#frames.get(trackId) ?? 0) + 1);
  }

  /** Frames per second since the last call; undefined where there was no frame. */
  take(nowMs: number): number | undefined {
    const frames = Math.max(0, ...this.#frames.values());
    const seconds = (nowMs - this.#sinceMs) / 1000;
    this.#frames.clear();
    this.#sinceMs = nowMs;
    return frames === 0 || seconds <= 0 ? undefined : frames / seconds;
  }
}
