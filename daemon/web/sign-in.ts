/** Checks PINs one at a time and opens sessions. */
import type { Clock } from '../../hal/os/clock.ts';
import type { ClockAndLog, Log } from '../../hal/os/log.ts';
import type { PinHash } from '../config/pin-hash.ts';
import type { SignInOpening } from './access/opening.ts';
import { PinQueue } from './access/pin-queue.ts';
import { type Client, Lockout } from './lockout.ts';
import { verifyPin } from './pin.ts';
import type { SignInRefusal } from './protocol.ts';
import { type OpenSession, type Role, Sessions, type SessionTimes } from './sessions.ts';

/** The PIN of the crew, and of hosts where they have one of their own. */
export interface PinHashes {
  readonly crew: PinHash;
  readonly host?: PinHash;
}

export type SignInOutcome = { readonly session: string } | SignInRefusal;

const BUSY: SignInRefusal = { error: 'busy', waitMs: 1_000, triesLeft: 0 };

export interface SignInDeps extends ClockAndLog {
  /** Sign-in that a person at the box has opened. */
  readonly opening: SignInOpening;
}

export class SignIn {
  readonly #sessions: Sessions;
  #hashes: PinHashes;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #opening: SignInOpening;
  readonly #lockout = new Lockout();
  readonly #queue = new PinQueue();

  constructor(hashes: PinHashes, times: () => SessionTimes, { clock, log, opening }: SignInDeps) {
    this.#hashes = hashes;
    this.#clock = clock;
    this.#log = log;
    this.#opening = opening;
    this.#sessions = new Sessions(times);
  }

  /** Checks a PIN. One at a time, so that each try counts; the lock is asked before the slow hash. */
  async tryPin(pin: string, client: Client, from = ''): Promise<SignInOutcome> {
    const refused = this.refusal(client);
    if (refused !== undefined) return refused;
    const wrong = client.isDevice
      ? 0
      : 1 + this.#lockout.wrongTries(client, this.#clock.monotonicMs());
    return (await this.#queue.run(client.key, wrong, () => this.#check(pin, client, from))) ?? BUSY;
  }

  /** Opens a session for somebody who has proved in another way that the box is theirs. */
  openSession(from: string): string {
    this.#log.info('operator signed in by the set-up');
    return this.#sessions.open(this.#clock.monotonicMs(), { role: 'crew', from });
  }

  setHashes(hashes: PinHashes): void {
    this.#hashes = hashes;
  }

  roleOf(session: string): Role {
    return this.#sessions.roleOf(session);
  }

  list(): readonly OpenSession[] {
    return this.#sessions.list(this.#clock.monotonicMs(), this.#clock.wallMs());
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

  async #check(pin: string, client: Client, from: string): Promise<SignInOutcome> {
    // Those before it in the queue may have locked it.
    const refused = this.refusal(client);
    const { key: address } = client;
    if (refused !== undefined) return refused;
    const role = await this.#roleFor(pin);
    const nowMs = this.#clock.monotonicMs();
    if (role !== undefined) {
      this.#lockout.recordSuccess(client);
      this.#log.info('operator signed in', { address, role });
      return { session: this.#sessions.open(nowMs, { role, from }) };
    }
    this.#opening.recordFailure(client.key);
    this.#lockout.recordFailure(client, nowMs);
    const after = this.refusal(client);
    this.#log.warn('wrong PIN', { address, isLocked: after?.error === 'locked' });
    const { waitMs = 0, triesLeft = this.#lockout.triesLeft(client, nowMs) } = after ?? {};
    return { error: after?.error === 'locked' ? 'locked' : 'wrong-pin', waitMs, triesLeft };
  }

  async #roleFor(pin: string): Promise<Role | undefined> {
    const { crew, host } = this.#hashes;
    if (await verifyPin(crew, pin)) return 'crew';
    return host !== undefined && (await verifyPin(host, pin)) ? 'host' : undefined;
  }
}
