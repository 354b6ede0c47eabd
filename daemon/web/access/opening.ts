/**
 * Sign-in opened by a person at the box, who holds MARK: for two minutes a PIN is accepted
 * whatever locks wrong PINs of others have set. It still has to be the right one.
 */
import type { Clock } from '../../../hal/os/clock.ts';
import { isOneOfMany } from '../../../pipelines/http/clients/address-key.ts';

export const OPEN_MS = 120_000;
/**
 * Wrong PINs of clients that had fewer than so many: guessing from a few addresses takes none of
 * them from a new phone. With those below a chance of 1 in 10,000 for six digits.
 */
const FIRST_TRIES = 2;
const FIRST_TRIES_MAX = 70;
/** Of those, of addresses of which one host may have as many as it likes. */
const MANY_TRIES_MAX = 40;
/** Of all others together, and how long one of them waits for its next. */
const MORE_TRIES_MAX = 30;
const PAUSE_MS = 10_000;

interface Tries {
  readonly wrong: number;
  readonly lastMs: number;
}

/** Such addresses wait for each other once those are used up. */
const MANY = 'many';

const NONE: Tries = { wrong: 0, lastMs: Number.NEGATIVE_INFINITY };

export class SignInOpening {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #tries = new Map<string, Tries>();
  #untilMs = Number.NEGATIVE_INFINITY;
  #left = { first: 0, more: 0 };

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  open(): void {
    this.#tries.clear();
    this.#left = { first: FIRST_TRIES_MAX, more: MORE_TRIES_MAX };
    this.#untilMs = this.#clock.monotonicMs() + OPEN_MS;
  }

  /** Whether a PIN from there is accepted whatever the lock says. */
  isOpenFor(client: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const { lastMs } = this.#tries.get(this.#isTooMany(client) ? MANY : client) ?? NONE;
    const share = this.#shareOf(client);
    const isPaused = share === 'more' && nowMs - lastMs < PAUSE_MS;
    return nowMs < this.#untilMs && this.#left[share] > 0 && !isPaused;
  }

  recordFailure(client: string): void {
    if (!this.isOpenFor(client)) return;
    this.#left[this.#shareOf(client)] -= 1;
    const lastMs = this.#clock.monotonicMs();
    for (const key of isOneOfMany(client) ? [client, MANY] : [client]) {
      const { wrong } = this.#tries.get(key) ?? NONE;
      this.#tries.set(key, { wrong: wrong + 1, lastMs });
    }
  }

  #shareOf(client: string): 'first' | 'more' {
    const { wrong } = this.#tries.get(client) ?? NONE;
    return wrong < FIRST_TRIES && !this.#isTooMany(client) ? 'first' : 'more';
  }

  #isTooMany(client: string): boolean {
    return isOneOfMany(client) && (this.#tries.get(MANY) ?? NONE).wrong >= MANY_TRIES_MAX;
  }
}
