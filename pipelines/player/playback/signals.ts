/** Waiting for events, and abort signals as older browsers do not have them. */

/** Aborts with the first of them. Safari has AbortSignal.any since 17.4 only. */
export function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === 'function') return AbortSignal.any([...signals]);
  const joined = new AbortController();
  const abort = (event: Event) => end((event.target as AbortSignal).reason);
  const end = (reason: unknown) => {
    joined.abort(reason);
    for (const signal of signals) signal.removeEventListener('abort', abort);
  };
  for (const signal of signals) signal.addEventListener('abort', abort);
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) end(aborted.reason);
  return joined.signal;
}

/** Aborts after the time. Safari has AbortSignal.timeout since 16 only. */
export function timeoutSignal(ms: number): AbortSignal {
  if (typeof AbortSignal.timeout === 'function') return AbortSignal.timeout(ms);
  const late = new AbortController();
  setTimeout(() => late.abort(new DOMException(`no answer in ${ms} ms`, 'TimeoutError')), ms);
  return late.signal;
}

/**
 * Rejects when the signal aborts, or where the page has been seen for that time since: in the
 * background a browser may put off what is waited for.
 */
export function onceFired(
  target: EventTarget,
  event: string,
  signal: AbortSignal,
  seenMaxMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', count);
      act();
    };
    const giveUp = settle(() => reject(new Error(`no ${event} in ${seenMaxMs} ms`)));
    const count = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(giveUp, seenMaxMs);
    };
    document.addEventListener('visibilitychange', count);
    target.addEventListener(event, settle(resolve), { once: true });
    const call = settle(() => reject(signal.reason));
    signal.addEventListener('abort', call, { once: true });
    count();
  });
}

/** Undefined where it takes longer. Rejects where it does. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
