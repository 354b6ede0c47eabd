/** Waiting for an abort, for a while, or with a time limit. */

import { setMaxListeners } from 'node:events';
import { type Clock, isAbort } from './clock.ts';

/** A signal that aborts with the first of several, until it is disposed of. */
export interface CombinedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * AbortSignal.any for what happens repeatedly: Node 20 holds some 60 bytes of each of
 * those for as long as its longest-lived source lives, which is the box. This one leaves
 * nothing behind when it is disposed of.
 */
export function anySignal(...signals: readonly AbortSignal[]): CombinedSignal {
  const first = new AbortController();
  const done = new AbortController();
  // A box has more than ten tasks, and each listens; none stays longer than its wait.
  setMaxListeners(0, first.signal, ...signals);
  for (const one of signals) {
    if (one.aborted) first.abort(one.reason);
    one.addEventListener('abort', () => first.abort(one.reason), { signal: done.signal });
  }
  return { signal: first.signal, [Symbol.dispose]: () => done.abort() };
}

/** Resolves when `signal` aborts; at once if it has. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Settles as `work` does, or rejects with the signal's reason when it aborts before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { signal: done.signal });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    done.abort();
  }
}

/** Tasks wait on it for a change that another task notifies of: a condition variable. */
export class Condition {
  #next = new AbortController();

  notifyAll(): void {
    const notified = this.#next;
    this.#next = new AbortController();
    notified.abort();
  }

  /** Resolves at the next `notifyAll`, or when `signal` aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    using ends = anySignal(signal, this.#next.signal);
    await untilAborted(ends.signal);
  }
}

/** Waits `ms`, or until `signal` aborts. True when the time is over, false when it aborted. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (isAbort(error, signal)) return false;
    throw error;
  }
}

/**
 * Calls `work` again and again until `signal` aborts, by the system's clock: the first time
 * after `ms`. Rejects with what `work` throws, for its supervisor.
 */
export async function every(ms: number, signal: AbortSignal, work: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      try {
        work();
      } catch (error) {
        reject(error);
      }
    }, ms);
  });
  try {
    await Promise.race([untilAborted(signal), failed]);
  } finally {
    clearInterval(timer);
  }
}

export interface TimeLimit {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Made when the time is over: the reason for which the work is aborted, and the rejection. */
  readonly timeoutError: () => Error;
  readonly signal?: AbortSignal;
}

/**
 * Settles as `work` does. Rejects with `timeoutError()` when the time is over, and with the
 * signal's reason when it aborts, also where the work heeds neither; its own signal aborts
 * for both.
 */
export async function withTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock, timeoutMs, timeoutError, signal }: TimeLimit,
): Promise<T> {
  signal?.throwIfAborted();
  const limit = new AbortController();
  const done = new AbortController();
  using ends = anySignal(...(signal === undefined ? [] : [signal]), limit.signal);
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(ends.signal.reason);
    ends.signal.addEventListener('abort', stop, { signal: done.signal });
  });
  clock.sleep(timeoutMs, done.signal).then(
    () => limit.abort(timeoutError()),
    () => undefined,
  );
  try {
    return await Promise.race([aborted, work(ends.signal)]);
  } finally {
    done.abort();
  }
}

/** Runs one after the other what it is given; one that rejects holds none of the next up. */
export function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
