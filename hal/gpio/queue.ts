/** A bounded queue of input changes. */

import { Condition } from '../os/async.ts';
import type { InputChange } from './port.ts';

/** Changes kept for a reader that is busy. A person presses a few times a second. */
const DEPTH = 256;

/**
 * Holds changes between the driver's callbacks and the one reader. When it runs
 * over, everything is dropped for one `lost`: half a gesture is worse than none.
 */
export class ChangeQueue {
  #held: InputChange[] = [];
  readonly #pushed = new Condition();
  #lost = 0;

  push(change: InputChange): void {
    if (this.#lost > 0 || this.#held.length >= DEPTH) {
      this.lose(1, change.atMs);
      return;
    }
    this.#held.push(change);
    this.#pushed.notifyAll();
  }

  /** Reports edges that are not in the queue; what is in it goes with them. */
  lose(edges: number, atMs: number): void {
    this.#lost += edges + (this.#lost > 0 ? 0 : this.#held.length);
    this.#held = [{ kind: 'lost', edges: this.#lost, atMs }];
    this.#pushed.notifyAll();
  }

  /** The oldest change; waits for one. Undefined once `signal` aborted. */
  async take(signal: AbortSignal): Promise<InputChange | undefined> {
    while (this.#held.length === 0 && !signal.aborted) await this.#pushed.wait(signal);
    const change = signal.aborted ? undefined : this.#held.shift();
    if (change?.kind === 'lost') this.#lost = 0;
    return change;
  }
}
