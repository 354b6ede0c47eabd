/** When WebRTC is tried again after it failed. Pure: times come in. */

const PAUSE_FIRST_MS = 15_000;
const PAUSE_MAX_MS = 300_000;
/** It works again: the next failure is a first one. */
const WORKS_AFTER_MS = 60_000;

export class WhepTries {
  #pauseMs = PAUSE_FIRST_MS;
  #nextMs = Number.NEGATIVE_INFINITY;
  #startedMs = 0;

  /** How long until the next try; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#nextMs - nowMs);
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs;
  }

  /** @param isRefused The box answered that it takes no more viewers. */
  fail(isRefused: boolean, nowMs: number): void {
    if (nowMs - this.#startedMs > WORKS_AFTER_MS) this.#pauseMs = PAUSE_FIRST_MS;
    this.#nextMs = nowMs + (isRefused ? PAUSE_MAX_MS : this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MAX_MS);
  }
}
