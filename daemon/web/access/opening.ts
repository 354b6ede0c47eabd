/**
 * Sign-in opened by a person at the box, who holds MARK: for two minutes a PIN is accepted
 * whatever locks wrong PINs of others have set. It still has to be the right one.
 */
import type { Clock } from '../../../hal/os/clock.ts';

export const OPEN_MS = 120_000;
/** A chance of 1 in 10,000 for those who guess six digits meanwhile. */
const TRIES_MAX = 100;
const TRIES_PER_CLIENT_MAX = 20;

export class SignInOpening {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #tries = new Map<string, number>();
  #untilMs = Number.NEGATIVE_INFINITY;
  #left = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  open(): void {
    this.#tries.clear();
    this.#left = TRIES_MAX;
    this.#untilMs = this.#clock.monotonicMs() + OPEN_MS;
  }

  /** Whether a PIN from there is accepted whatever the lock says. */
  isOpenFor(client: string): boolean {
    const isOpen = this.#left > 0 && this.#clock.monotonicMs() < this.#untilMs;
    return isOpen && (this.#tries.get(client) ?? 0) < TRIES_PER_CLIENT_MAX;
  }

  recordFailure(client: string): void {
    if (!this.isOpenFor(client)) return;
    this.#left -= 1;
    this.#tries.set(client, (this.#tries.get(client) ?? 0) + 1);
  }
}
