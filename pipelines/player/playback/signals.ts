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

/** Rejects when the signal aborts, or after the time. */
export function onceFired(
  target: EventTarget,
  event: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} in ${timeoutMs} ms`)), timeoutMs);
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    target.addEventListener(event, settle(resolve), { once: true });
    signal.addEventListener(
      'abort',
      settle(() => reject(signal.reason)),
      { once: true },
    );
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
