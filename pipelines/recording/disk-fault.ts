import { TargetError } from './volume.ts';

/** An operation that takes longer is told of while it lasts. */
const SLOW_MS = 3_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

interface Failed {
  readonly error: TargetError;
  readonly retryAtMs: number;
}

/** What a target's disk does wrong now, since when, and when it is tried again. */
export class Trouble {
  readonly #folder: string;
  #failed: Failed | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #busySinceMs: number | undefined;
  /** Times that recording was interrupted. */
  failuresTotal = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The disk was asked for something, and has not answered yet. */
  ask(nowMs: number): void {
    this.#busySinceMs = nowMs;
  }

  answered(): void {
    this.#busySinceMs = undefined;
  }

  /** @returns true where this was not known; the pause before the next try doubles. */
  fail(error: TargetError, nowMs: number): boolean {
    const isNew = this.#failed?.error.message !== error.message;
    if (this.#failed === undefined) this.failuresTotal += 1;
    this.#failed = { error, retryAtMs: nowMs + this.#pauseMs };
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    return isNew;
  }

  mayRetry(nowMs: number): boolean {
    return nowMs >= (this.#failed?.retryAtMs ?? 0);
  }

  /** It is no longer told of; whether the disk is well will be seen. */
  forget(): void {
    this.#failed = undefined;
  }

  /** The disk has taken what it was given. */
  isOver(): void {
    this.#failed = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** What is to be told; a disk that hangs comes before what it said earlier. */
  at(nowMs: number): TargetError | undefined {
    const busyMs = nowMs - (this.#busySinceMs ?? nowMs);
    if (busyMs < SLOW_MS) return this.#failed?.error;
    const forS = Math.round(busyMs / 1000);
    return new TargetError('slow', `${this.#folder}: no answer for ${forS} s`);
  }
}
