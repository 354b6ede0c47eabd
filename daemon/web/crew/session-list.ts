/** Who is signed in, and the end of a session that is not one's own. */
import type { IncomingMessage } from 'node:http';
import { type Answer, answerJson, refuse } from '../answer.ts';
import type { OpenSession } from '../sessions.ts';

export interface SessionEntry extends OpenSession {
  readonly isOwn: boolean;
}

export interface SessionListDeps {
  readonly list: () => readonly OpenSession[];
  /** Ends it, and its pages. */
  readonly end: (session: string) => void;
}

const PATH = /^\/sessions\/([\w-]{43})$/;

export class SessionList {
  readonly #deps: SessionListDeps;

  constructor(deps: SessionListDeps) {
    this.#deps = deps;
  }

  /** Undefined for a request that is not for it. */
  answer({ method }: IncomingMessage, path: string, own: string): Answer | undefined {
    if (path === '/sessions' && method === 'GET') {
      const entries: readonly SessionEntry[] = this.#deps
        .list()
        .map((session) => ({ ...session, isOwn: session.key === own }));
      return answerJson(200, entries);
    }
    const key = PATH.exec(path)?.[1];
    if (key === undefined || method !== 'DELETE') return undefined;
    if (!this.#deps.list().some((session) => session.key === key)) return refuse(404, 'not-here');
    this.#deps.end(key);
    return answerJson(200, {});
  }
}
