/**
 * The time from when a guest could have seen something to the first frame, in
 * ms of the page's life.
 *
 * It counts from opening the page; for who came before the drop, from when the
 * stream was no longer refused. A page in the background shows no frames, so
 * what passed there says nothing of the box: it is not told then.
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

  /** There was no stream to be had until now. */
  restart(nowMs: number, isHidden: boolean): void {
    if (this.hasFrame) return;
    this.#fromMs = nowMs;
    this.#wasHidden = isHidden;
  }

  hide(): void {
    if (!this.hasFrame) this.#wasHidden = true;
  }

  seeFrame(nowMs: number): void {
    this.#frameMs ??= nowMs;
  }
}
