/** Counts how often, and for how long, playback stalled. */
export class Stalls {
  #stalledAtMs: number | undefined;
  #total = 0;
  #totalMs = 0;

  get total(): number {
    return this.#total;
  }

  /** Of stalls that have ended. */
  get totalMs(): number {
    return this.#totalMs;
  }

  begin(nowMs: number): void {
    if (this.#stalledAtMs !== undefined) return;
    this.#stalledAtMs = nowMs;
    this.#total += 1;
  }

  end(nowMs: number): void {
    if (this.#stalledAtMs === undefined) return;
    this.#totalMs += nowMs - this.#stalledAtMs;
    this.#stalledAtMs = undefined;
  }
}
