/** Until when each unpaid order may stay so, by the monotonic clock. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Book } from './book.ts';
import type { OrderRecord } from './record.ts';

export class Deadlines {
  readonly #book: Book;
  readonly #clock: Clock;
  readonly #pendingMs: () => number;
  /** Of the monotonic clock. */
  readonly #untilMs = new Map<string, number>();

  /** Of a restarted box: what was left by the wall clock, and never more than all of it. */
  constructor(book: Book, pendingMs: () => number, clock: Clock) {
    this.#book = book;
    this.#clock = clock;
    this.#pendingMs = pendingMs;
    for (const order of book.all()) {
      if (order.kind !== 'pending') continue;
      const leftMs = Math.min(pendingMs(), Math.max(0, order.untilMs - clock.wallMs()));
      this.#untilMs.set(order.id, clock.monotonicMs() + leftMs);
    }
  }

  note(record: OrderRecord): void {
    if (record.kind === 'pending') {
      this.#untilMs.set(record.id, this.#clock.monotonicMs() + this.#pendingMs());
    } else {
      this.#untilMs.delete(record.id);
    }
  }

  /** Unpaid orders whose time is over. */
  due(): readonly string[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#untilMs]
      .filter(([id, untilMs]) => untilMs <= nowMs && this.#book.find(id)?.kind === 'pending')
      .map(([id]) => id);
  }
}
