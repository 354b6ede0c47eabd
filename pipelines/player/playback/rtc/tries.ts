/** When WebRTC is tried again after it failed. Pure: times come in. */

/**
 * No packets came; the box takes no more viewers, or asks for a token; or the process that
 * answers is still starting.
 */
export type WhepFailure = 'silent' | 'refused' | 'starting';

const PAUSE_FIRST_MS = 15_000;
const PAUSE_MAX_MS = 300_000;
const STARTING_MS = 3_000;
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

  /** It has failed before: until then nobody waits for it. */
  get hasFailed(): boolean {
    return Number.isFinite(this.#nextMs);
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs;
  }

  fail(why: WhepFailure, nowMs: number): void {
    if (why !== 'silent') {
      this.#nextMs = nowMs + (why === 'refused' ? PAUSE_MAX_MS : STARTING_MS);
      return;
    }
    if (nowMs - this.#startedMs > WORKS_AFTER_MS) this.#pauseMs = PAUSE_FIRST_MS;
    this.#nextMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MAX_MS);
  }
}
