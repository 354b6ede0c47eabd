/** Reports orders to the rest of the box once they are on the disk and their buyers have been answered. */
import type { BoxEvent } from '../model/commands.ts';
import type { OnOrderConfirmed } from '../model/orders.ts';
import type { ConfirmedList } from './confirmed-list.ts';
import type { OrderRecord } from './record.ts';

/** Records of one write. */
interface Written {
  /** Of the first one. */
  readonly seq: number;
  readonly records: readonly OrderRecord[];
}

interface Listeners {
  readonly onEvent: (event: BoxEvent) => void;
  readonly onConfirmed: OnOrderConfirmed;
}

/** A rush of thousands must not hold up the orders that come next. */
const AT_ONCE = 50;

export class Announcements {
  readonly #confirmed: ConfirmedList;
  readonly #listeners: Listeners;
  /** The oldest first. */
  readonly #waiting: Written[] = [];
  /** So many of the first one are done. */
  #at = 0;
  #isPlanned = false;

  constructor(confirmed: ConfirmedList, listeners: Listeners) {
    this.#confirmed = confirmed;
    this.#listeners = listeners;
  }

  add(seq: number, records: readonly OrderRecord[]): void {
    for (const [i, record] of records.entries()) this.#confirmed.note(seq + i, record);
    this.#waiting.push({ seq, records });
    this.#plan();
  }

  /** All that waits, at once: the box ends. */
  flush(): void {
    while (this.#waiting.length > 0) this.#announce(Number.POSITIVE_INFINITY);
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#announce(AT_ONCE);
      if (this.#waiting.length > 0) this.#plan();
    });
  }

  /** So many of the first write, at most. */
  #announce(max: number): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const { seq, records } = first;
    const end = Math.min(records.length, this.#at + max);
    for (let i = this.#at; i < end; i += 1) this.#announceOne(seq + i, records[i] as OrderRecord);
    this.#at = end;
    if (end < records.length) return;
    this.#waiting.shift();
    this.#at = 0;
  }

  #announceOne(seq: number, record: OrderRecord): void {
    const event = eventOf(record);
    if (event !== undefined) this.#listeners.onEvent(event);
    const order = this.#confirmed.describe(seq, record);
    if (order !== undefined) this.#listeners.onConfirmed(order);
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
