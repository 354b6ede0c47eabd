import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { PinHash } from '../config/pin-hash.ts';
import { Lockout } from './lockout.ts';
import { verifyPin } from './pin.ts';
import { Sessions, type SessionTimes } from './sessions.ts';
import type { SignInRefusal } from './wire.ts';

/** Each takes 32 MiB and a tenth of a second of one core: one at a time, and few wait. */
const WAITING_MAX = 4;

export type SignInOutcome = { readonly session: string } | SignInRefusal;

/** Takes PINs, gives sessions. */
export class SignIn {
  readonly #sessions: Sessions;
  readonly #hash: PinHash;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lockout = new Lockout();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(hash: PinHash, times: SessionTimes, clock: Clock, log: Log) {
    this.#hash = hash;
    this.#clock = clock;
    this.#log = log;
    this.#sessions = new Sessions(times);
  }

  /** Checks a PIN from an address. One after the other, so that no two tries count as one. */
  async tryPin(pin: string, address: string): Promise<SignInOutcome> {
    if (this.#waiting >= WAITING_MAX) return { error: 'busy', waitMs: 1_000, triesLeft: 0 };
    this.#waiting += 1;
    const before = this.#last;
    const outcome = (async () => {
      await before.catch(() => undefined);
      return await this.#check(pin, address);
    })();
    this.#last = outcome;
    try {
      return await outcome;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** The session that a cookie's id belongs to, as a key that is no secret. */
  use(id: string | undefined): string | undefined {
    return this.#sessions.use(id, this.#clock.monotonicMs());
  }

  /** Notes that a page of the session is open; false when the session is over. */
  keep(session: string): boolean {
    return this.#sessions.keep(session, this.#clock.monotonicMs());
  }

  end(session: string): void {
    this.#sessions.end(session);
  }

  /** What a page that was just opened from there should say, where it must wait. */
  refusal(address: string): SignInRefusal | undefined {
    const nowMs = this.#clock.monotonicMs();
    const refusal = this.#lockout.refusal(address, nowMs);
    if (refusal === undefined) return undefined;
    const { waitMs, isLocked } = refusal;
    const triesLeft = isLocked ? 0 : this.#lockout.triesLeft(address, nowMs);
    return { error: isLocked ? 'locked' : 'wait', waitMs: Math.ceil(waitMs), triesLeft };
  }

  async #check(pin: string, address: string): Promise<SignInOutcome> {
    const refused = this.refusal(address);
    if (refused !== undefined) return refused;
    const isRight = await verifyPin(this.#hash, pin);
    const nowMs = this.#clock.monotonicMs();
    if (isRight) {
      this.#lockout.noteRight(address);
      this.#log.info('operator signed in', { address });
      return { session: this.#sessions.open(nowMs) };
    }
    this.#lockout.noteWrong(address, nowMs);
    const after = this.refusal(address);
    this.#log.warn('wrong PIN', { address, isLocked: after?.error === 'locked' });
    const { waitMs = 0, triesLeft = this.#lockout.triesLeft(address, nowMs) } = after ?? {};
    return { error: after?.error === 'locked' ? 'locked' : 'wrong-pin', waitMs, triesLeft };
  }
}
