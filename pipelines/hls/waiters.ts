import type { Wait } from './origin.ts';
import type { Reply } from './reply.ts';

interface Waiter {
  readonly wait: Wait;
  readonly expiresMs: number;
  readonly settle: (reply: Reply) => void;
}

/**
 * Requests that are held until something is published or their time is up.
 *
 * Bounded by `limit`; one sweep serves all time-outs, so a thousand held
 * requests cost no thousand timers.
 */
export class Waiters {
  readonly #limit: number;
  readonly #held = new Map<string, Set<Waiter>>();
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  /** Holds a request. Returns how to forget it, or undefined when too many are held. */
  hold(wait: Wait, nowMs: number, settle: (reply: Reply) => void): (() => void) | undefined {
    if (this.#count >= this.#limit) return undefined;
    const waiter = { wait, expiresMs: nowMs + wait.holdMs, settle };
    const waiters = this.#held.get(wait.wait) ?? new Set();
    this.#held.set(wait.wait, waiters);
    waiters.add(waiter);
    this.#count += 1;
    return () => this.#forget(waiters, waiter);
  }

  /** A track has published: answers everyone who can be answered now. */
  wake(trackId: string): void {
    const waiters = this.#held.get(trackId);
    if (waiters === undefined) return;
    const ready: { readonly waiter: Waiter; readonly reply: Reply }[] = [];
    for (const waiter of waiters) {
      const reply = waiter.wait.retry();
      if (reply !== undefined) ready.push({ waiter, reply });
    }
    for (const { waiter, reply } of ready) {
      this.#forget(waiters, waiter);
      waiter.settle(reply);
    }
  }

  /** Ends what was held for too long. To be called a few times a second. */
  sweep(nowMs: number): void {
    for (const waiters of this.#held.values()) {
      for (const waiter of waiters) {
        if (nowMs < waiter.expiresMs) continue;
        this.#forget(waiters, waiter);
        waiter.settle(waiter.wait.expired());
      }
    }
  }

  #forget(waiters: Set<Waiter>, waiter: Waiter): void {
    if (waiters.delete(waiter)) this.#count -= 1;
  }
}
