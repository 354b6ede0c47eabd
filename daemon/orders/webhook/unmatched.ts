/** Payments that fit nothing on sale: the money is there, and the ledger has nothing of them. */
import type { BoxEvent } from '../../model/commands.ts';
import type { OrderEntry, OrderRequest, UnmatchedPayment } from '../../model/orders.ts';

/** A shop that sends nothing else must not fill the memory; each is sent again for days. */
const PAYMENTS_MAX = 50;

interface Unmatched extends UnmatchedPayment {
  /** Of another item under the same id. */
  readonly isInLedger: boolean;
}

/** For this run of the box: after a restart they are sent again. */
export class UnmatchedPayments {
  readonly #known = new Map<string, Unmatched>();

  get list(): readonly UnmatchedPayment[] {
    return [...this.#known.values()];
  }

  /** For the crew's list: those that the ledger has nothing of. */
  rows(): readonly OrderEntry[] {
    return [...this.#known.values()].filter(({ isInLedger }) => !isInLedger).map(entryOf);
  }

  /** The crew cancels what it saw in `rows`: for the ledger it is new. */
  asKnown(request: OrderRequest): OrderRequest {
    if (request.was === undefined || this.#known.get(request.id)?.isInLedger !== false) {
      return request;
    }
    const { was: _, ...rest } = request;
    return rest;
  }

  /** It was taken after all, or its money went back. */
  settle(order: string): void {
    this.#known.delete(order);
  }

  /** @returns its event, the first time. */
  note(
    request: OrderRequest,
    isInLedger: boolean,
    reason: string,
    atMs: number,
  ): BoxEvent | undefined {
    const { id: order, item = '', quantity = 1, amount, currency, source } = request;
    if (this.#known.has(order)) return undefined;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= PAYMENTS_MAX && oldest !== undefined) this.#known.delete(oldest);
    const paid = amount === undefined || currency === undefined ? {} : { amount, currency };
    const facts = { order, item, quantity: Math.max(1, quantity), ...paid };
    this.#known.set(order, { ...facts, atMs, isInLedger });
    const data = { ...facts, source, reason };
    return { type: 'order.unmatched', severity: 'warning', atMs, data };
  }
}

function entryOf({ order: id, isInLedger: _, ...payment }: Unmatched): OrderEntry {
  return { id, state: 'refused', isOwed: true, numbers: [], ...payment };
}
