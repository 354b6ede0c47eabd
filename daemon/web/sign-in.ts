/** Checks PINs one at a time and opens sessions. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { PinHash } from '../config/pin-hash.ts';
import { Lockout } from './lockout.ts';
import { verifyPin } from './pin.ts';
import type { SignInRefusal } from './protocol.ts';
import { Sessions, type SessionTimes } from './sessions.ts';

/** Each check takes 32 MiB and a tenth of a second of one core. */
const WAITING_MAX = 4;

export type SignInOutcome = { readonly session: string } | SignInRefusal;

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

  /** Checks a PIN from an address. One at a time, so that each try counts. */
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

  /** The key of the session with a cookie's id; not secret. */
  use(id: string | undefined): string | undefined {
    return this.#sessions.use(id, this.#clock.monotonicMs());
  }

  /** Marks the session as used by an open page; false when it is over. */
  refresh(session: string): boolean {
    return this.#sessions.refresh(session, this.#clock.monotonicMs());
  }

  end(session: string): void {
    this.#sessions.end(session);
  }

  /** Why a PIN from there is not accepted now. */
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
      this.#lockout.recordSuccess(address);
      this.#log.info('operator signed in', { address });
      return { session: this.#sessions.open(nowMs) };
    }
    this.#lockout.recordFailure(address, nowMs);
    const after = this.refusal(address);
    this.#log.warn('wrong PIN', { address, isLocked: after?.error === 'locked' });
    const { waitMs = 0, triesLeft = this.#lockout.triesLeft(address, nowMs) } = after ?? {};
    return { error: after?.error === 'locked' ? 'locked' : 'wrong-pin', waitMs, triesLeft };
  }
}
