/** Confirmed orders in the order of the ledger. */
import type { OrderConfirmed } from '../model/orders.ts';
import type { Book } from './book.ts';
import type { ConfirmedRecord, OrderRecord } from './record.ts';

export class ConfirmedList {
  readonly #book: Book;
  readonly #all: { readonly seq: number; readonly record: ConfirmedRecord }[] = [];

  constructor(book: Book) {
    this.#book = book;
  }

  /** Records come in the order of their numbers. */
  note(seq: number, record: OrderRecord): void {
    if (record.kind === 'confirmed') this.#all.push({ seq, record });
  }

  /** Undefined for what is no confirmed order. */
  describe(seq: number, record: OrderRecord): OrderConfirmed | undefined {
    if (record.kind !== 'confirmed') return undefined;
    const { id: orderId, drop, item, title, quantity, numbers, name, atMs, source } = record;
    return {
      ...{ seq, orderId, drop, item: { id: item, name: title }, quantity, numbers, atMs, source },
      ...(name === undefined ? {} : { name }),
    };
  }

  /** The oldest first; those that are void by now are left out. */
  after(seq: number, max: number): readonly OrderConfirmed[] {
    const found: OrderConfirmed[] = [];
    for (const one of this.#all.slice(this.#firstBehind(seq))) {
      if (found.length >= max) break;
      const order = this.describe(one.seq, one.record);
      const isValid = this.#book.find(one.record.id)?.kind === 'confirmed';
      if (order !== undefined && isValid) found.push(order);
    }
    return found;
  }

  #firstBehind(seq: number): number {
    const last = this.#all.findLastIndex((one) => one.seq <= seq);
    return last + 1;
  }
}
