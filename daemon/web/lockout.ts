/**
 * How long an address must wait before its next PIN. Pure.
 *
 * Three wrong PINs have no pause; from the fourth on pauses double, and ten in a row
 * lock the address, longer with each further ten. All addresses together have a limit
 * too, since an attacker may have many. It does not apply to an address or a device that
 * has signed in before: guests in the room must not be able to lock the crew out.
 *
 * One host may have as many addresses of IPv6 as it likes in the box's own networks. Those count
 * for a lock together, too: else it would lock all others out in seconds. No network has a share of
 * its own: a host is in three of them (link-local, ULA, global), and three times ten wrong PINs are
 * the limit of all addresses, which shuts out new phones by IPv4 as well. From outside each /64
 * counts by itself (a /48 may be a carrier's, with many customers), up to that limit.
 */
import { isOneOfMany } from '../../pipelines/http/clients/address-key.ts';

/** Wrong PINs in a row that lock an address. */
export const TRIES_BEFORE_LOCK = 10;
const FREE_TRIES = 3;
const PAUSE_MAX_MS = 30_000;
const FIRST_LOCK_MS = 5 * 60_000;
const LOCK_MAX_MS = 4 * 3_600_000;
/** With six digits and 10 minutes for each try, guessing takes six years for a chance of one half. */
const GLOBAL_TRIES = 30;
const GLOBAL_LOCK_MS = 10 * 60_000;
/** Wrong PINs are forgotten after this long without another. */
const FORGET_MS = 24 * 3_600_000;
const ADDRESSES_MAX = 512;
const KNOWN_MAX = 32;

interface Count {
  readonly wrong: number;
  readonly lastMs: number;
  readonly waitUntilMs: number;
}

/** The key of all addresses of which one host may have many. */
const MANY = 'many';

const NONE: Count = { wrong: 0, lastMs: 0, waitUntilMs: 0 };

/** Source of a PIN: a device that has signed in before, or else an address. */
export interface Client {
  readonly key: string;
  readonly isDevice: boolean;
}

export interface Refusal {
  readonly waitMs: number;
  /** Locked, not only slowed down. */
  readonly isLocked: boolean;
}

export class Lockout {
  readonly #byAddress = new Map<string, Count>();
  readonly #known = new Set<string>();
  #all: Count = NONE;

  /** Undefined when a PIN from there is accepted now. Times are of the monotonic clock. */
  refusal({ key, isDevice }: Client, nowMs: number): Refusal | undefined {
    const own = this.#countOf(key, nowMs);
    const all = isDevice || this.#known.has(key) ? NONE : this.#all;
    const many = this.#manyOf(key, nowMs);
    const lockedUntilMs = Math.max(all.waitUntilMs, isLockedAt(many.wrong) ? many.waitUntilMs : 0);
    const untilMs = Math.max(own.waitUntilMs, lockedUntilMs);
    if (untilMs <= nowMs) return undefined;
    const isLocked = lockedUntilMs > nowMs || isLockedAt(own.wrong);
    return { waitMs: untilMs - nowMs, isLocked };
  }

  /** Tries before the client is locked. */
  triesLeft({ key }: Client, nowMs: number): number {
    const counts = [this.#countOf(key, nowMs), this.#manyOf(key, nowMs)];
    return TRIES_BEFORE_LOCK - Math.max(...counts.map(({ wrong }) => wrong % TRIES_BEFORE_LOCK));
  }

  wrongTries({ key }: Client, nowMs: number): number {
    return Math.max(this.#countOf(key, nowMs).wrong, this.#manyOf(key, nowMs).wrong);
  }

  recordFailure({ key, isDevice }: Client, nowMs: number): void {
    this.#count(key, nowMs);
    if (this.#isOfMany(key)) this.#count(MANY, nowMs);
    this.#limitSize(nowMs);
    if (isDevice) return;
    const allWrong = (nowMs - this.#all.lastMs > FORGET_MS ? 0 : this.#all.wrong) + 1;
    const isLocked = allWrong >= GLOBAL_TRIES;
    const waitUntilMs = isLocked ? nowMs + GLOBAL_LOCK_MS : 0;
    this.#all = { wrong: allWrong, lastMs: nowMs, waitUntilMs };
  }

  recordSuccess({ key, isDevice }: Client): void {
    this.#byAddress.delete(key);
    if (isOneOfMany(key)) this.#byAddress.delete(MANY);
    if (isDevice) return;
    this.#known.delete(key);
    this.#known.add(key);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(first(this.#known) ?? '');
  }

  /** An address that has signed in before counts for itself alone. */
  #isOfMany(key: string): boolean {
    return isOneOfMany(key) && !this.#known.has(key);
  }

  #manyOf(key: string, nowMs: number): Count {
    return this.#isOfMany(key) ? this.#countOf(MANY, nowMs) : NONE;
  }

  #count(key: string, nowMs: number): void {
    const wrong = this.#countOf(key, nowMs).wrong + 1;
    this.#byAddress.delete(key);
    this.#byAddress.set(key, { wrong, lastMs: nowMs, waitUntilMs: nowMs + pauseMs(wrong) });
  }

  #countOf(address: string, nowMs: number): Count {
    const count = this.#byAddress.get(address) ?? NONE;
    return nowMs - count.lastMs > FORGET_MS ? NONE : count;
  }

  /** Forgets the addresses without a wrong PIN for the longest time. */
  #limitSize(nowMs: number): void {
    for (const [address, { lastMs }] of this.#byAddress) {
      const isOld = nowMs - lastMs > FORGET_MS;
      if (!isOld && this.#byAddress.size <= ADDRESSES_MAX) break;
      this.#byAddress.delete(address);
    }
  }
}

function isLockedAt(wrong: number): boolean {
  return wrong % TRIES_BEFORE_LOCK === 0;
}

function pauseMs(wrong: number): number {
  if (isLockedAt(wrong)) {
    const lockMs = FIRST_LOCK_MS * 2 ** (wrong / TRIES_BEFORE_LOCK - 1);
    return Math.min(LOCK_MAX_MS, lockMs);
  }
  if (wrong <= FREE_TRIES) return 0;
  return Math.min(PAUSE_MAX_MS, 1_000 * 2 ** (wrong - FREE_TRIES - 1));
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
