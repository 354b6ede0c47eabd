/** Whether media is wanted now: not while the browser has enough of it, nor while the guest pauses. */

/** Media is no longer wanted, or is to be fetched again from the live edge. */
export class Interrupted extends Error {}

export class MediaDemand {
  readonly #stoppedBy = new Set<'browser' | 'guest'>();
  readonly #waiting = new Set<() => void>();
  #stopped = new AbortController();

  get isOn(): boolean {
    return this.#stoppedBy.size === 0;
  }

  /** Aborts when media is no longer wanted. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  set(by: 'browser' | 'guest', isWanted: boolean): void {
    const wasOn = this.isOn;
    if (isWanted) this.#stoppedBy.delete(by);
    else this.#stoppedBy.add(by);
    if (this.isOn === wasOn) return;
    if (wasOn) {
      this.#stopped.abort(new Interrupted(`stopped by the ${by}`));
      return;
    }
    this.#stopped = new AbortController();
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }

  /** Resolves when media is wanted, or the signal aborts. */
  async whenOn(signal: AbortSignal): Promise<void> {
    if (this.isOn || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
