/** Sessions of the operator's page, by their hashed ids. */
import { createHash, randomBytes } from 'node:crypto';

export interface SessionTimes {
  /** Without a request or an open page. */
  readonly idleMs: number;
  /** Since the sign-in. */
  readonly maxMs: number;
}

/** The crew has the settings too; hosts have the buttons. */
export type Role = 'crew' | 'host';

/** Who has signed in. */
export interface Visitor {
  readonly role: Role;
  /** As people know it: `iPhone, 192.168.1.20`. */
  readonly from: string;
}

interface Session extends Visitor {
  readonly startedMs: number;
  usedMs: number;
}

/** A session for the list. */
export interface OpenSession extends Visitor {
  /** Not secret: a hash of its id. */
  readonly key: string;
  /** Unix time in ms. */
  readonly startedAtMs: number;
}

/** Two people with phones and laptops; a further session ends the one unused for longest. */
const SESSIONS_MAX = 16;
const ID_BYTES = 32;

/**
 * Held in memory only: after a restart the PIN is asked for again. The ids are hashed,
 * so the time of a lookup reveals nothing about them.
 */
export class Sessions {
  readonly #times: () => SessionTimes;
  readonly #sessions = new Map<string, Session>();

  constructor(times: () => SessionTimes) {
    this.#times = times;
  }

  /** Returns the new session's id, which is stored in the cookie only. */
  open(nowMs: number, { role, from }: Visitor): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#expire(nowMs);
    if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.delete(this.#unusedLongest());
    this.#sessions.set(keyOf(id), { role, from, startedMs: nowMs, usedMs: nowMs });
    return id;
  }

  /** Finds the session and marks it as used. Returns its key, which is not secret. */
  use(id: string | undefined, nowMs: number): string | undefined {
    this.#expire(nowMs);
    const key = keyOf(id ?? '');
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    session.usedMs = nowMs;
    return key;
  }

  /** Marks it as used by an open page; false when the session is over. */
  refresh(key: string, nowMs: number): boolean {
    this.#expire(nowMs);
    const session = this.#sessions.get(key);
    if (session !== undefined) session.usedMs = nowMs;
    return session !== undefined;
  }

  roleOf(key: string): Role {
    return this.#sessions.get(key)?.role ?? 'host';
  }

  /** The longest one first. @param wallMs Unix time of `nowMs`. */
  list(nowMs: number, wallMs: number): readonly OpenSession[] {
    this.#expire(nowMs);
    return [...this.#sessions].map(([key, { role, from, startedMs }]) => ({
      ...{ key, role, from },
      startedAtMs: Math.round(wallMs - (nowMs - startedMs)),
    }));
  }

  end(key: string): void {
    this.#sessions.delete(key);
  }

  #expire(nowMs: number): void {
    const { idleMs, maxMs } = this.#times();
    for (const [key, { startedMs, usedMs }] of this.#sessions) {
      if (nowMs - usedMs >= idleMs || nowMs - startedMs >= maxMs) this.#sessions.delete(key);
    }
  }

  #unusedLongest(): string {
    const [oldest] = [...this.#sessions].toSorted(([, a], [, b]) => a.usedMs - b.usedMs);
    return oldest?.[0] ?? '';
  }
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
