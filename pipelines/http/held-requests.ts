/** Requests that are held until their track publishes (RFC 8216bis §6.2.5.2). */
import type { Wait } from './handlers.ts';
import type { Reply } from './reply.ts';

interface HeldRequest {
  readonly address: string;
  readonly wait: Wait;
  readonly expiresMs: number;
  readonly settle: (reply: Reply) => void;
}

/** Where all places are taken, so many of them are freed at once. */
const FREED_SHARE = 0.01;

/**
 * Limited in total and for each address: where all places are taken, the longest held requests of
 * the address that has most are answered in favour of one that has fewer. One sweep serves all
 * time-outs, so a thousand held requests need no thousand timers.
 */
export class HeldRequests {
  readonly #limit: number;
  readonly #limitPerAddress: number;
  /** The longest held first. */
  readonly #perAddress = new Map<string, Set<HeldRequest>>();
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
    const own = this.#perAddress.get(address)?.size ?? 0;
    if (own >= this.#limitPerAddress) return undefined;
    if (this.#count >= this.#limit && !this.#makeRoom(own)) return undefined;
    const held = { wait, address, expiresMs: nowMs + wait.holdMs, settle };
    setIn(this.#perAddress, address).add(held);
    setIn(this.#held, wait.wait).add(held);
    this.#count += 1;
    return () => this.#release(held);
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
      this.#release(held);
      held.settle(reply);
    }
  }

  /** Answers requests whose time is over. To be called a few times a second. */
  sweep(nowMs: number): void {
    for (const requests of this.#held.values()) {
      for (const held of requests) {
        if (nowMs < held.expiresMs) continue;
        this.#expire(held);
      }
    }
  }

  /** False where no address has more than one that has `own` would then have. */
  #makeRoom(own: number): boolean {
    let most: ReadonlySet<HeldRequest> = new Set();
    for (const requests of this.#perAddress.values()) {
      if (requests.size > most.size) most = requests;
    }
    const share = Math.max(1, Math.floor(this.#limit * FREED_SHARE));
    const count = Math.min(share, most.size - own - 1);
    for (const held of [...most].slice(0, Math.max(0, count))) this.#expire(held);
    return count > 0;
  }

  #expire(held: HeldRequest): void {
    this.#release(held);
    held.settle(held.wait.expired());
  }

  #release(held: HeldRequest): void {
    const { address, wait } = held;
    if (this.#held.get(wait.wait)?.delete(held) !== true) return;
    this.#count -= 1;
    const own = this.#perAddress.get(address);
    own?.delete(held);
    if (own?.size === 0) this.#perAddress.delete(address);
  }
}

function setIn<T>(sets: Map<string, Set<T>>, key: string): Set<T> {
  const found = sets.get(key) ?? new Set();
  sets.set(key, found);
  return found;
}
