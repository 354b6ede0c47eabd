import { either } from './either.ts';
import type { Task } from './task.ts';

/**
 * A task that runs while it is wanted: capture runs from the checks to the end
 * of a drop, and an idle box rests.
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
      using ends = either(signal, change.signal);
      const both = ends.signal;
      if (!isWanted) {
        await aborted(both);
        continue;
      }
      try {
        await task(both);
      } catch (error) {
        if (!both.aborted) throw error;
      }
      // A task that ends by itself is not begun again until it is wanted anew.
      await aborted(both);
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

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
