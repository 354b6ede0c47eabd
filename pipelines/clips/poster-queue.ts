/** One poster after the other: each occupies a core, and none is urgent. */
import { messageOf } from '../../hal/os/log.ts';

const MAX_QUEUED_POSTERS = 8;

export class PosterQueue {
  readonly #onFailed: (what: string, reason: string) => void;
  #length = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(onFailed: (what: string, reason: string) => void) {
    this.#onFailed = onFailed;
  }

  get isIdle(): boolean {
    return this.#length === 0;
  }

  /** @param tries Before it is given up: a live poster has a next one. */
  add(what: string, work: () => Promise<void>, signal: AbortSignal, tries = 1): void {
    const onError = (error: unknown) => {
      if (!signal.aborted) this.#onFailed(what, messageOf(error));
    };
    if (this.#length >= MAX_QUEUED_POSTERS) {
      onError('too many posters are queued');
      return;
    }
    this.#length += 1;
    this.#last = this.#last
      .then(() => tried(work, signal, tries))
      .catch(onError)
      .finally(() => {
        this.#length -= 1;
      });
  }

  finish(): Promise<void> {
    return this.#last;
  }
}

/** Rejects with what the last try did. */
async function tried(work: () => Promise<void>, signal: AbortSignal, tries: number): Promise<void> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (left <= 0 || signal.aborted) throw error;
    }
  }
}
