/** Checks PINs one at a time and opens sessions. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { PinHash } from '../config/pin-hash.ts';
import type { SignInOpening } from './door/opening.ts';
import { PinQueue } from './door/pin-queue.ts';
import { type Client, Lockout } from './lockout.ts';
import { verifyPin } from './pin.ts';
import type { SignInRefusal } from './protocol.ts';
import { Sessions, type SessionTimes } from './sessions.ts';

export type SignInOutcome = { readonly session: string } | SignInRefusal;

const BUSY: SignInRefusal = { error: 'busy', waitMs: 1_000, triesLeft: 0 };

export interface SignInDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Sign-in that a person at the box has opened. */
  readonly opening: SignInOpening;
}

export class SignIn {
  readonly #sessions: Sessions;
  #hash: PinHash;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #opening: SignInOpening;
  readonly #lockout = new Lockout();
  readonly #queue = new PinQueue();

  constructor(hash: PinHash, times: () => SessionTimes, { clock, log, opening }: SignInDeps) {
    this.#hash = hash;
    this.#clock = clock;
    this.#log = log;
    this.#opening = opening;
    this.#sessions = new Sessions(times);
  }

  /** Checks a PIN. One at a time, so that each try counts; the lock is asked before the slow hash. */
  async tryPin(pin: string, client: Client): Promise<SignInOutcome> {
    const refused = this.refusal(client);
    if (refused !== undefined) return refused;
    const wrong = client.isDevice
      ? 0
      : 1 + this.#lockout.wrongTries(client, this.#clock.monotonicMs());
    return (await this.#queue.run(client.key, wrong, () => this.#check(pin, client))) ?? BUSY;
  }

  setHash(hash: PinHash): void {
    this.#hash = hash;
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
  refusal(client: Client): SignInRefusal | undefined {
    const nowMs = this.#clock.monotonicMs();
    const refusal = this.#lockout.refusal(client, nowMs);
    if (refusal === undefined || this.#opening.isOpenFor(client.key)) return undefined;
    const { waitMs, isLocked } = refusal;
    const triesLeft = isLocked ? 0 : this.#lockout.triesLeft(client, nowMs);
    return { error: isLocked ? 'locked' : 'wait', waitMs: Math.ceil(waitMs), triesLeft };
  }

  async #check(pin: string, client: Client): Promise<SignInOutcome> {
    // Those before it in the queue may have locked it.
    const refused = this.refusal(client);
    const { key: address } = client;
    if (refused !== undefined) return refused;
    const isRight = await verifyPin(this.#hash, pin);
    const nowMs = this.#clock.monotonicMs();
    if (isRight) {
      this.#lockout.recordSuccess(client);
      this.#log.info('operator signed in', { address });
      return { session: this.#sessions.open(nowMs) };
    }
    this.#opening.recordFailure(client.key);
    this.#lockout.recordFailure(client, nowMs);
    const after = this.refusal(client);
    this.#log.warn('wrong PIN', { address, isLocked: after?.error === 'locked' });
    const { waitMs = 0, triesLeft = this.#lockout.triesLeft(client, nowMs) } = after ?? {};
    return { error: after?.error === 'locked' ? 'locked' : 'wrong-pin', waitMs, triesLeft };
  }
}
