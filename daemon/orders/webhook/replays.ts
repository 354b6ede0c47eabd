/** Messages that were taken, until they would be too late anyway; and how many may come. */
import { TOLERANCE_S } from './signature.ts';

/** A message is good from five minutes before its time to five minutes after it. */
const REMEMBER_MS = 2 * TOLERANCE_S * 1000;
const MARKS_MAX = 50_000;

/** Times are of the monotonic clock. */
export class Replays {
  readonly #marks = new Map<string, number>();

  has(mark: string): boolean {
    return this.#marks.has(mark);
  }

  note(mark: string, nowMs: number): void {
    // The oldest stand first.
    for (const [old, atMs] of this.#marks) {
      const isOver = nowMs - atMs > REMEMBER_MS || this.#marks.size >= MARKS_MAX;
      if (!isOver) break;
      this.#marks.delete(old);
    }
    this.#marks.set(mark, nowMs);
  }
}
