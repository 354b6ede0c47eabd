/** Tells the rest of the box about orders that are on the disk, after their buyers have been answered. */
import type { BoxEvent } from '../model/commands.ts';
import type { OnOrderConfirmed } from '../model/orders.ts';
import type { ConfirmedList } from './confirmed-list.ts';
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

/** The event of a record, without names: events leave the box. Undefined for an unpaid order that was refused: nobody has to know, and there may be thousands. */
function eventOf(record: OrderRecord): BoxEvent | undefined {
  const { kind, id: order, atMs } = record;
  if (record.kind === 'void') {
    return { type: 'order.void', severity: 'info', atMs, data: { order, reason: record.reason } };
  }
  const { drop, item, quantity, amount, currency, source } = record;
  const data = { order, drop, item, quantity, amount, currency, source };
  switch (record.kind) {
    case 'pending':
      return { type: `order.${kind}`, severity: 'info', atMs, data };
    case 'confirmed':
      return {
        type: `order.${kind}`,
        severity: 'info',
        atMs,
        data: { ...data, numbers: record.numbers },
      };
    case 'refused': {
      if (!record.isPaid) return undefined;
      const { reason, isPaid } = record;
      return {
        type: `order.${kind}`,
        severity: 'warning',
        atMs,
        data: { ...data, reason, isPaid },
      };
    }
  }
}
