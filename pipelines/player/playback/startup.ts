/**
 * The time from when a guest could have seen the picture to the first frame, in
 * ms of the page's life.
 *
 * It counts from opening the page; for a guest who came before the drop, from when
 * the stream was no longer refused. A page in the background shows no frames, so its
 * time is not reported.
 */
export class Startup {
  #fromMs = 0;
  #frameMs: number | undefined;
  #wasHidden: boolean;

  constructor(isHidden: boolean) {
    this.#wasHidden = isHidden;
  }

  get hasFrame(): boolean {
    return this.#frameMs !== undefined;
  }

  /** Undefined before the first frame, and where the page was hidden meanwhile. */
  get tookMs(): number | undefined {
    return this.#frameMs === undefined || this.#wasHidden
      ? undefined
      : this.#frameMs - this.#fromMs;
  }

  /** There was no stream until now. */
  restart(nowMs: number, isHidden: boolean): void {
    if (this.hasFrame) return;
    this.#fromMs = nowMs;
    this.#wasHidden = isHidden;
  }

  hide(): void {
    if (!this.hasFrame) this.#wasHidden = true;
  }

  addFrame(nowMs: number): void {
    this.#frameMs ??= nowMs;
  }
}
