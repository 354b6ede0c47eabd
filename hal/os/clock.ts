/** Time, and waiting. */

import { setTimeout as sleepFor } from 'node:timers/promises';

/**
 * The door to time. Everything that waits takes a clock, so that a test can
 * drive it with a virtual one.
 */
export interface Clock {
  /** Unix time in ms. It steps when the machine's clock is set. */
  wallMs(): number;
  /** Time since an arbitrary start in ms, with fractions. It never steps. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, signal === undefined ? {} : { signal }),
};

/** True when `error` only means that `signal` was aborted. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  return (
    signal.aborted &&
    (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
  );
}
