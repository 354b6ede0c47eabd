/** The fault of a target's disk: what, since when, and when the disk is tried again. */
import type { Progress } from '../../hal/os/worker-child.ts';
import { TargetError } from './volume.ts';

/** An operation that takes longer is reported while it lasts. */
const SLOW_MS = 3_000;
/** With the 10 s after which a recorder that stands is killed: its parts wait for 30 s. */
const WORKS_MAX_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;

interface Failed {
  readonly error: TargetError;
  readonly retryAtMs: number;
}

export class DiskFault {
  readonly #folder: string;
  #failed: Failed | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #busySinceMs: number | undefined;
  /** What is under way takes a disk that is well a moment; repairs may take minutes. */
  #isShort = false;
  #finishedTotal = 0;
  /** That the disk had finished when it was last looked at, for anybody. */
  #requestsTotal: number | undefined;
  /** Times that recording was interrupted. */
  failuresTotal = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An operation on the disk has started. */
  started(nowMs: number, isShort: boolean): void {
    this.#busySinceMs = nowMs;
    this.#isShort = isShort;
  }

  finished(): void {
    this.#busySinceMs = undefined;
    this.#finishedTotal += 1;
  }

  /**
   * A disk that finishes requests is only slow: a recorder that is killed then loses its
   * unbroken file for nothing. One that finishes none hangs.
   *
   * @param requestsTotal That it has finished; undefined where nobody knows.
   */
  progress(nowMs: number, requestsTotal: number | undefined): Progress {
    const isDue = this.#busySinceMs !== undefined && this.#isShort;
    const isAtWork = requestsTotal === undefined || requestsTotal !== this.#requestsTotal;
    this.#requestsTotal = requestsTotal;
    const busyMs = nowMs - (this.#busySinceMs ?? nowMs);
    if (isDue && isAtWork && busyMs < WORKS_MAX_MS) this.#finishedTotal += 1;
    return { done: this.#finishedTotal, of: 'answer of its disk', isDue };
  }

  /** @returns true where the fault is a new one; the pause before the next try doubles. */
  fail(error: TargetError, nowMs: number): boolean {
    const isNew = this.#failed?.error.message !== error.message;
    if (this.#failed === undefined) this.failuresTotal += 1;
    this.#failed = { error, retryAtMs: nowMs + this.#pauseMs };
    this.#pauseMs = Math.min(2 * this.#pauseMs, MAX_PAUSE_MS);
    return isNew;
  }

  mayRetry(nowMs: number): boolean {
    return nowMs >= (this.#failed?.retryAtMs ?? 0);
  }

  /** The fault is no longer reported; the next write shows whether the disk is well. */
  forget(): void {
    this.#failed = undefined;
  }

  /** The disk has synced. */
  recovered(): void {
    this.#failed = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** The fault to report; a disk that hangs comes before an earlier error. */
  at(nowMs: number): TargetError | undefined {
    const busyMs = nowMs - (this.#busySinceMs ?? nowMs);
    if (busyMs < SLOW_MS) return this.#failed?.error;
    const forS = Math.round(busyMs / 1000);
    return new TargetError('slow', `${this.#folder}: no answer for ${forS} s`);
  }
}
