import type { Wait } from './handlers.ts';
import type { Reply } from './reply.ts';

interface Waiter {
  readonly address: string;
  readonly wait: Wait;
  readonly expiresMs: number;
  readonly settle: (reply: Reply) => void;
}

/**
 * Requests that are held until something is published or their time is up.
 *
 * Bounded, in all and for each address; one sweep serves all time-outs, so a thousand held
 * requests cost no thousand timers.
 */
export class Waiters {
  readonly #limit: number;
  readonly #limitPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  readonly #held = new Map<string, Set<Waiter>>();
  #count = 0;

  constructor(limit: number, limitPerAddress: number) {
    this.#limit = limit;
    this.#limitPerAddress = limitPerAddress;
  }

  get count(): number {
    return this.#count;
  }

  /** Holds a request. Returns how to forget it, or undefined when too many are held. */
  hold(
    wait: Wait,
    address: string,
    nowMs: number,
    settle: (reply: Reply) => void,
  ): (() => void) | undefined {
    const fromThere = this.#perAddress.get(address) ?? 0;
    if (this.#count >= this.#limit || fromThere >= this.#limitPerAddress) return undefined;
    this.#perAddress.set(address, fromThere + 1);
    const waiter = { wait, address, expiresMs: nowMs + wait.holdMs, settle };
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
    if (!waiters.delete(waiter)) return;
    this.#count -= 1;
    const left = (this.#perAddress.get(waiter.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(waiter.address, left);
    else this.#perAddress.delete(waiter.address);
  }
}
