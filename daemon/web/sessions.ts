import { createHash, randomBytes } from 'node:crypto';

export interface SessionTimes {
  /** Without a request or an open page. */
  readonly idleMs: number;
  /** Since the PIN was given. */
  readonly longestMs: number;
}

interface Session {
  readonly startedMs: number;
  usedMs: number;
}

/** A crew of two with phones and laptops; further ones end the one that is longest unused. */
const SESSIONS_MAX = 16;
const ID_BYTES = 32;

/**
 * Who has signed in. The ids are kept hashed, so that looking one up tells
 * nothing by its time, and in memory only: a restart asks for the PIN again.
 */
export class Sessions {
  readonly #times: SessionTimes;
  readonly #sessions = new Map<string, Session>();

  constructor(times: SessionTimes) {
    this.#times = times;
  }

  /** Opens a session; returns its id, which only the cookie holds. */
  open(nowMs: number): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#expire(nowMs);
    if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.delete(this.#longestUnused());
    this.#sessions.set(keyOf(id), { startedMs: nowMs, usedMs: nowMs });
    return id;
  }

  /** Finds the session and notes that it is used. Returns its key, which is no secret. */
  use(id: string | undefined, nowMs: number): string | undefined {
    this.#expire(nowMs);
    const key = keyOf(id ?? '');
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    session.usedMs = nowMs;
    return key;
  }

  /** Notes that a page of it is open; false when the session is over. */
  keep(key: string, nowMs: number): boolean {
    this.#expire(nowMs);
    const session = this.#sessions.get(key);
    if (session !== undefined) session.usedMs = nowMs;
    return session !== undefined;
  }

  end(key: string): void {
    this.#sessions.delete(key);
  }

  #expire(nowMs: number): void {
    const { idleMs, longestMs } = this.#times;
    for (const [key, { startedMs, usedMs }] of this.#sessions) {
      if (nowMs - usedMs >= idleMs || nowMs - startedMs >= longestMs) this.#sessions.delete(key);
    }
  }

  #longestUnused(): string {
    const [oldest] = [...this.#sessions].toSorted(([, a], [, b]) => a.usedMs - b.usedMs);
    return oldest?.[0] ?? '';
  }
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
