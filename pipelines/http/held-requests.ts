import type { Wait } from './handlers.ts';
import type { Reply } from './reply.ts';

interface HeldRequest {
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
export class HeldRequests {
  readonly #limit: number;
  readonly #limitPerAddress: number;
  readonly #perAddress = new Map<string, number>();
  readonly #held = new Map<string, Set<HeldRequest>>();
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
    const held = { wait, address, expiresMs: nowMs + wait.holdMs, settle };
    const requests = this.#held.get(wait.wait) ?? new Set();
    this.#held.set(wait.wait, requests);
    requests.add(held);
    this.#count += 1;
    return () => this.#forget(requests, held);
  }

  /** A track has published: answers everyone who can be answered now. */
  wake(trackId: string): void {
    const requests = this.#held.get(trackId);
    if (requests === undefined) return;
    const ready: { readonly held: HeldRequest; readonly reply: Reply }[] = [];
    for (const held of requests) {
      const reply = held.wait.retry();
      if (reply !== undefined) ready.push({ held, reply });
    }
    for (const { held, reply } of ready) {
      this.#forget(requests, held);
      held.settle(reply);
    }
  }

  /** Ends what was held for too long. To be called a few times a second. */
  sweep(nowMs: number): void {
    for (const requests of this.#held.values()) {
      for (const held of requests) {
        if (nowMs < held.expiresMs) continue;
        this.#forget(requests, held);
        held.settle(held.wait.expired());
      }
    }
  }

  #forget(requests: Set<HeldRequest>, held: HeldRequest): void {
    if (!requests.delete(held)) return;
    this.#count -= 1;
    const left = (this.#perAddress.get(held.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(held.address, left);
    else this.#perAddress.delete(held.address);
  }
}
