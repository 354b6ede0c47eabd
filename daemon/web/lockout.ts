/**
 * How long the next PIN must wait: a pure reckoning of wrong ones.
 *
 * Each address may be wrong three times without a pause; from the fourth on pauses
 * double, and after ten wrong ones in a row it is locked, longer with each further
 * ten. All addresses together have a count of their own, since one guesser may have
 * many. An address that has signed in before is spared that one: guests in the room
 * must not be able to shut the crew out.
 */

/** Wrong PINs in a row that lock an address. */
export const TRIES_BEFORE_LOCK = 10;
const FREE_TRIES = 3;
const LONGEST_PAUSE_MS = 30_000;
const FIRST_LOCK_MS = 5 * 60_000;
const LONGEST_LOCK_MS = 4 * 3_600_000;
/** With six digits and a lock of 10 minutes each, a guesser needs six years for a half chance. */
const GLOBAL_TRIES = 30;
const GLOBAL_LOCK_MS = 10 * 60_000;
/** A wrong PIN is forgiven after this long without another. */
const FORGET_MS = 24 * 3_600_000;
const ADDRESSES_MAX = 512;
const KNOWN_MAX = 32;

interface Count {
  readonly wrong: number;
  readonly lastMs: number;
  readonly waitUntilMs: number;
}

const NONE: Count = { wrong: 0, lastMs: 0, waitUntilMs: 0 };

export interface Refusal {
  readonly waitMs: number;
  /** Locked, and not only to be slowed down. */
  readonly isLocked: boolean;
}

export class Lockout {
  readonly #byAddress = new Map<string, Count>();
  readonly #known = new Set<string>();
  #all: Count = NONE;

  /** Undefined when a PIN from there may be looked at now. Times are of a clock that never steps. */
  refusal(address: string, nowMs: number): Refusal | undefined {
    const own = this.#countOf(address, nowMs);
    const all = this.#known.has(address) ? NONE : this.#all;
    const untilMs = Math.max(own.waitUntilMs, all.waitUntilMs);
    if (untilMs <= nowMs) return undefined;
    const isLocked = all.waitUntilMs > nowMs || own.wrong % TRIES_BEFORE_LOCK === 0;
    return { waitMs: untilMs - nowMs, isLocked };
  }

  /** Tries that are left before the address is locked. */
  triesLeft(address: string, nowMs: number): number {
    return TRIES_BEFORE_LOCK - (this.#countOf(address, nowMs).wrong % TRIES_BEFORE_LOCK);
  }

  noteWrong(address: string, nowMs: number): void {
    const wrong = this.#countOf(address, nowMs).wrong + 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { wrong, lastMs: nowMs, waitUntilMs: nowMs + pauseMs(wrong) });
    this.#bound(nowMs);
    const allWrong = (nowMs - this.#all.lastMs > FORGET_MS ? 0 : this.#all.wrong) + 1;
    const isLocked = allWrong >= GLOBAL_TRIES;
    const waitUntilMs = isLocked ? nowMs + GLOBAL_LOCK_MS : 0;
    this.#all = { wrong: allWrong, lastMs: nowMs, waitUntilMs };
  }

  noteRight(address: string): void {
    this.#byAddress.delete(address);
    this.#known.delete(address);
    this.#known.add(address);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(first(this.#known) ?? '');
  }

  #countOf(address: string, nowMs: number): Count {
    const count = this.#byAddress.get(address) ?? NONE;
    return nowMs - count.lastMs > FORGET_MS ? NONE : count;
  }

  /** What is forgotten first is what nobody added to for the longest time. */
  #bound(nowMs: number): void {
    for (const [address, { lastMs }] of this.#byAddress) {
      const isOld = nowMs - lastMs > FORGET_MS;
      if (!isOld && this.#byAddress.size <= ADDRESSES_MAX) break;
      this.#byAddress.delete(address);
    }
  }
}

function pauseMs(wrong: number): number {
  if (wrong % TRIES_BEFORE_LOCK === 0) {
    const lockMs = FIRST_LOCK_MS * 2 ** (wrong / TRIES_BEFORE_LOCK - 1);
    return Math.min(LONGEST_LOCK_MS, lockMs);
  }
  if (wrong <= FREE_TRIES) return 0;
  return Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** (wrong - FREE_TRIES - 1));
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
