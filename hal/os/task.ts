/** Long-lived work, and several of it side by side. */

import { anySignal } from './async.ts';
/** Settles when done, when it fails, or soon after `signal` aborts. */
export type Task = (signal: AbortSignal) => Promise<void>;

/**
 * Runs tasks side by side. The first that fails aborts the others; all have
 * settled when this returns. Rejects with that first failure.
 */
export async function runAll(tasks: readonly Task[], signal: AbortSignal): Promise<void> {
  const siblings = new AbortController();
  using ends = anySignal(signal, siblings.signal);
  const failures: unknown[] = [];
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(ends.signal);
      } catch (error) {
        failures.push(error);
        siblings.abort(error);
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}
