/** How fast a target is being written to. */
/** Window of the mean; within the first second there is none. */
const OVER_MS = 10_000;
const MIN_MS = 1_000;

export class WriteRate {
  #written: { readonly atMs: number; readonly bytes: number }[] = [];

  add(bytes: number, nowMs: number): void {
    this.#written.push({ atMs: nowMs, bytes });
  }

  /** In bit/s; 0 where nothing was written lately. */
  bps(nowMs: number): number {
    this.#written = this.#written.filter(({ atMs }) => nowMs - atMs < OVER_MS);
    const first = this.#written[0];
    if (first === undefined || nowMs - first.atMs < MIN_MS) return 0;
    const bytes = this.#written.slice(1).reduce((sum, one) => sum + one.bytes, 0);
    return (bytes * 8_000) / (nowMs - first.atMs);
  }
}
