import { setMaxListeners } from 'node:events';

/** A signal that aborts with the first of several, for as long as it is not disposed of. */
export interface Either extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * AbortSignal.any for what happens again and again: Node 20 keeps some 60 bytes of
 * each of those for as long as its longest-lived source lives, which is the box. This
 * one leaves nothing behind when it is disposed of.
 */
export function either(...signals: readonly AbortSignal[]): Either {
  const first = new AbortController();
  const done = new AbortController();
  // A box has more than ten tasks, and each listens; none stays longer than its wait.
  setMaxListeners(0, first.signal, ...signals);
  for (const one of signals) {
    if (one.aborted) first.abort(one.reason);
    one.addEventListener('abort', () => first.abort(one.reason), { signal: done.signal });
  }
  return { signal: first.signal, [Symbol.dispose]: () => done.abort() };
}
