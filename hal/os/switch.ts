/** A task that can be switched on and off. */

import { anySignal, untilAborted } from './async.ts';
import type { Task } from './task.ts';

/**
 * A task that runs while it is wanted: capture runs from the checks to the end
 * of a drop, and not on an idle box.
 */
export interface Switch {
  readonly isWanted: boolean;
  /** Takes effect soon; the last word counts. */
  set(isWanted: boolean): void;
  /** Runs the task whenever it is wanted. Rejects with the first failure of the task. */
  readonly run: Task;
}

export function openSwitch(task: Task): Switch {
  let isWanted = false;
  let change = new AbortController();
  const set = (next: boolean) => {
    if (next === isWanted) return;
    isWanted = next;
    const before = change;
    change = new AbortController();
    before.abort();
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      using ends = anySignal(signal, change.signal);
      if (!isWanted) {
        await untilAborted(ends.signal);
        continue;
      }
      try {
        await task(ends.signal);
      } catch (error) {
        if (!ends.signal.aborted) throw error;
      }
      // A task that ends by itself is not started again until it is wanted again.
      await untilAborted(ends.signal);
    }
  };
  return {
    get isWanted() {
      return isWanted;
    },
    set,
    run,
  };
}
