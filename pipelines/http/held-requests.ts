/** Requests that are held until their track publishes (RFC 8216bis §6.2.5.2). */
import type { Wait } from './handlers.ts';
import type { Reply } from './reply.ts';

interface HeldRequest {
  readonly address: string;
  readonly wait: Wait;
  readonly expiresMs: number;
  readonly settle: (reply: Reply) => void;
}

/**
 * Limited in total and for each address. One sweep serves all time-outs, so a thousand
 * held requests need no thousand timers.
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

  /** Holds a request. Returns how to release it, or undefined where too many are held. */
  hold(
    wait: Wait,
    address: string,
    nowMs: number,
    settle: (reply: Reply) => void,
  ): (() => void) | undefined {
    const fromAddress = this.#perAddress.get(address) ?? 0;
    if (this.#count >= this.#limit || fromAddress >= this.#limitPerAddress) return undefined;
    this.#perAddress.set(address, fromAddress + 1);
    const held = { wait, address, expiresMs: nowMs + wait.holdMs, settle };
    const requests = this.#held.get(wait.wait) ?? new Set();
    this.#held.set(wait.wait, requests);
    requests.add(held);
    this.#count += 1;
    return () => this.#release(requests, held);
  }

  /** A track has published: answers the requests that can be answered now. */
  wake(trackId: string): void {
    const requests = this.#held.get(trackId);
    if (requests === undefined) return;
    const ready: { readonly held: HeldRequest; readonly reply: Reply }[] = [];
    for (const held of requests) {
      const reply = held.wait.retry();
      if (reply !== undefined) ready.push({ held, reply });
    }
    for (const { held, reply } of ready) {
      this.#release(requests, held);
      held.settle(reply);
    }
  }

  /** Answers requests whose time is over. To be called a few times a second. */
  sweep(nowMs: number): void {
    for (const requests of this.#held.values()) {
      for (const held of requests) {
        if (nowMs < held.expiresMs) continue;
        this.#release(requests, held);
        held.settle(held.wait.expired());
      }
    }
  }

  #release(requests: Set<HeldRequest>, held: HeldRequest): void {
    if (!requests.delete(held)) return;
    this.#count -= 1;
    const left = (this.#perAddress.get(held.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(held.address, left);
    else this.#perAddress.delete(held.address);
  }
}
