/** What one address costs the box: its connections, and the bytes and requests that it may have. */
import { isOneOfMany } from './address-key.ts';

/** After a burst of stream resets new connections of the address are refused for this long. */
export const REFUSED_MS = 60_000;
/** An address without connections is forgotten after this long. */
const FORGOTTEN_AFTER_MS = 60_000;

interface Allowance {
  readonly perS: number;
  readonly burst: number;
}

/** A token bucket: up to `burst` at once, then `perS`. */
class Bucket {
  #left = Number.POSITIVE_INFINITY;
  #atMs = 0;

  take(nowMs: number, { perS, burst }: Allowance): boolean {
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) / 1000) * perS);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/**
 * A viewer that changes its rendition resets a few streams. Many guests behind one router
 * share the second allowance.
 */
const RESETS_PER_CONNECTION: Allowance = { perS: 20, burst: 100 };
const RESETS_PER_ADDRESS: Allowance = { perS: 200, burst: 1_000 };

/** Counts stream resets of one HTTP/2 connection (rapid reset, CVE-2023-44487). */
export class ResetCount {
  readonly #bucket = new Bucket();

  /** @returns false where there were too many. */
  add(address: ClientAddress, nowMs: number): boolean {
    const isAllowed = this.#bucket.take(nowMs, RESETS_PER_CONNECTION);
    return address.addReset(nowMs) && isAllowed;
  }
}

export class ClientAddress {
  readonly key: string;
  /** Its host may have many more. */
  readonly isOneOfMany: boolean;
  connections = 0;
  /** A proxy that the config trusts: its connections serve many guests. */
  isProxy = false;
  /** How many of its connections have no request pending. */
  idle = 0;
  /** Of replies that its clients have not read yet. */
  queuedBytes = 0;
  usedMs: number;
  #refusedUntilMs = Number.NEGATIVE_INFINITY;
  readonly #requests = new Bucket();
  readonly #resets = new Bucket();

  constructor(key: string, nowMs: number) {
    this.key = key;
    this.isOneOfMany = isOneOfMany(key);
    this.usedMs = nowMs;
  }

  /** False where it sends more requests than its guests could need. */
  takeRequest(nowMs: number, allowance: Allowance): boolean {
    this.usedMs = nowMs;
    return this.#requests.take(nowMs, allowance);
  }

  addReset(nowMs: number): boolean {
    return this.#resets.take(nowMs, RESETS_PER_ADDRESS);
  }

  refuse(nowMs: number): void {
    this.#refusedUntilMs = nowMs + REFUSED_MS;
  }

  isRefused(nowMs: number): boolean {
    return nowMs < this.#refusedUntilMs;
  }

  isForgotten(nowMs: number): boolean {
    return (
      this.connections === 0 && !this.isRefused(nowMs) && nowMs - this.usedMs > FORGOTTEN_AFTER_MS
    );
  }
}

/** Addresses that have connections, or had some a minute ago. */
export class ClientAddresses {
  readonly #addresses = new Map<string, ClientAddress>();

  get(key: string, nowMs: number): ClientAddress {
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    const address = new ClientAddress(key, nowMs);
    this.#addresses.set(key, address);
    return address;
  }

  all(): IterableIterator<ClientAddress> {
    return this.#addresses.values();
  }

  /** The address with the most idle connections; where none is idle, with the most. */
  largest(): ClientAddress | undefined {
    let found: ClientAddress | undefined;
    for (const address of this.all()) {
      if (address.isProxy || address.connections === 0) continue;
      const more = found === undefined ? 1 : address.idle - found.idle;
      const moreInAll = address.connections - (found?.connections ?? 0);
      if (more > 0 || (more === 0 && moreInAll > 0)) found = address;
    }
    return found;
  }

  forgetOld(nowMs: number): void {
    for (const [key, address] of this.#addresses) {
      if (address.isForgotten(nowMs)) this.#addresses.delete(key);
    }
  }
}
