/** When WebRTC is tried again after it failed. Pure: times and chance come in. */

/**
 * No packets came; the box takes no more viewers, or asks for a token; too many ask at once; the
 * process that answers is still starting; or the guest's pause is over, which took too long to go
 * on receiving.
 */
export type WhepFailure = 'silent' | 'refused' | 'busy' | 'starting' | 'paused';

/** No picture comes by WebRTC, now or any more: another player is used. */
export class WhepFailed extends Error {
  readonly why: WhepFailure;
  /** How long the box asks to wait. */
  readonly afterMs: number;

  constructor(message: string, why: WhepFailure = 'silent', afterMs = 0) {
    super(message);
    this.why = why;
    this.afterMs = afterMs;
  }
}

const PAUSE_FIRST_MS = 15_000;
const PAUSE_MAX_MS = 300_000;
const STARTING_MS = 3_000;
/** Pages that were refused together do not come again together. */
const BUSY_SPREAD_MS = 5_000;
/** Pages that waited for the stream see it begin within the same second. */
const FIRST_SPREAD_MS = 3_000;
/** It works again: the next failure is a first one. */
const WORKS_AFTER_MS = 60_000;

export class WhepTries {
  readonly #random: () => number;
  readonly #spreadMs: number;
  #pauseMs = PAUSE_FIRST_MS;
  #nextMs = Number.NEGATIVE_INFINITY;
  #startedMs = 0;

  /** @param random From 0 to 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
    this.#spreadMs = random() * FIRST_SPREAD_MS;
  }

  /** How long until the next try; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#nextMs - nowMs);
  }

  /** It is not tried at once, or has failed before: until then nobody waits for it. */
  get isPutOff(): boolean {
    return Number.isFinite(this.#nextMs);
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs;
  }

  /** There was no stream: all who waited for it come when it begins. */
  spread(nowMs: number): void {
    this.#nextMs = Math.max(this.#nextMs, nowMs + this.#spreadMs);
  }

  /** @param afterMs See {@link WhepFailed}. */
  fail(why: WhepFailure, nowMs: number, afterMs = 0): void {
    if (why === 'paused') return;
    if (why !== 'silent') {
      const pausesMs = {
        refused: PAUSE_MAX_MS,
        starting: STARTING_MS,
        busy: afterMs + this.#random() * BUSY_SPREAD_MS,
      };
      this.#nextMs = nowMs + pausesMs[why];
      return;
    }
    if (nowMs - this.#startedMs > WORKS_AFTER_MS) this.#pauseMs = PAUSE_FIRST_MS;
    this.#nextMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MAX_MS);
  }
}
