/** The screen of the device that the page is on. */

/** @returns to be called with whether it is to stay on now. */
export function openScreen(): (isOn: boolean) => void {
  let on: AbortController | undefined;
  return (isOn) => {
    if (isOn === (on !== undefined)) return;
    on?.abort();
    on = isOn ? new AbortController() : undefined;
    if (on !== undefined) keepScreenOn(on.signal);
  };
}

/** The screen stays on until `signal` aborts, also after another page was looked at in between. */
export function keepScreenOn(signal: AbortSignal): void {
  let lock: Promise<WakeLockSentinel | undefined> | undefined;
  const ask = () => {
    // A browser gives it up with the page, and refuses it while the page is hidden.
    if (document.hidden) return;
    lock = navigator.wakeLock?.request('screen').catch(() => undefined);
  };
  document.addEventListener('visibilitychange', ask, { signal });
  signal.addEventListener('abort', () => void lock?.then((one) => one?.release()), { once: true });
  ask();
}
