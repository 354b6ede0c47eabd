/** Tells the rest of the box about orders that are on the disk, after their buyers have been answered. */
import type { BoxEvent } from '../model/commands.ts';
import type { OnOrderConfirmed } from '../model/orders.ts';
import type { ConfirmedList } from './confirmed-list.ts';
import { eventOf } from './events.ts';
import type { OrderRecord } from './record.ts';

interface Listeners {
  readonly onEvent: (event: BoxEvent) => void;
  readonly onConfirmed: OnOrderConfirmed;
}

/** A rush of thousands must not hold up the orders that come next. */
const AT_ONCE = 50;

export class Announcements {
  readonly #confirmed: ConfirmedList;
  readonly #listeners: Listeners;
  readonly #waiting: { readonly seq: number; readonly record: OrderRecord }[] = [];
  #at = 0;
  #isPlanned = false;

  constructor(confirmed: ConfirmedList, listeners: Listeners) {
    this.#confirmed = confirmed;
    this.#listeners = listeners;
  }

  add(seq: number, record: OrderRecord): void {
    this.#confirmed.note(seq, record);
    this.#waiting.push({ seq, record });
    this.#plan();
  }

  /** All that waits, at once: the box ends. */
  flush(): void {
    this.#announce(this.#waiting.length);
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#announce(AT_ONCE);
      if (this.#at < this.#waiting.length) this.#plan();
    });
  }

  #announce(max: number): void {
    const end = Math.min(this.#waiting.length, this.#at + max);
    for (const { seq, record } of this.#waiting.slice(this.#at, end)) {
      const event = eventOf(record);
      if (event !== undefined) this.#listeners.onEvent(event);
      const order = this.#confirmed.describe(seq, record);
      if (order !== undefined) this.#listeners.onConfirmed(order);
    }
    this.#at = end;
    if (end < this.#waiting.length) return;
    this.#waiting.length = 0;
    this.#at = 0;
  }
}
