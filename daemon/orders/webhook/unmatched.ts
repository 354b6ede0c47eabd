/** Payments that fit nothing on sale: the money is there, and the ledger has nothing of them. */
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { BoxEvent } from '../../model/commands.ts';
import type { OrderEntry, OrderRequest, ShopState, UnmatchedPayment } from '../../model/orders.ts';

export interface UnmatchedDeps {
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly onEvent: (event: BoxEvent) => void;
  readonly log: Log;
}

/** A shop that sends nothing else must not fill the memory. Each is sent again for days, and told once. */
const PAYMENTS_MAX = 2_000;
/** Of each kind: the others follow as these are settled. */
const LISTED_MAX = 50;
/** They come before the orders, which they must not hide. */
const ROWS_MAX = 10;

/** For this run of the box: after a restart they are sent again. */
export class UnmatchedPayments {
  readonly #deps: UnmatchedDeps;
  readonly #open = new Map<string, UnmatchedPayment>();
  /** The crew has given them back, and the order of their id stays. */
  readonly #dismissed = new Set<string>();

  constructor(deps: UnmatchedDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#open.size;
  }

  state(): Pick<ShopState, 'unmatched' | 'unmatchedCounts'> {
    if (this.#open.size === 0) return {};
    const { known, unknown } = this.#byKind();
    return {
      unmatched: [...known.slice(0, LISTED_MAX), ...unknown.slice(0, LISTED_MAX)],
      unmatchedCounts: { known: known.length, unknown: unknown.length },
    };
  }

  /** For the crew's list. */
  rows(): readonly OrderEntry[] {
    const { known, unknown } = this.#byKind();
    return [...known, ...unknown].slice(0, ROWS_MAX).map(entryOf);
  }

  /** Whoever cancels it gives its money back; the crew saw it in `rows`, and for the ledger it is new. */
  asKnown(request: OrderRequest): OrderRequest {
    const payment = request.do === 'cancel' ? this.#open.get(request.id) : undefined;
    if (payment === undefined || payment.isKnownId) return request;
    const { was: _, ...rest } = request;
    return { ...rest, isPaidBack: true };
  }

  /** It was taken after all, or its money went back. Of another payment under its id that says nothing. */
  settle(order: string): void {
    if (this.#open.get(order)?.isKnownId !== true) this.#open.delete(order);
  }

  /** @returns False where there is none under the id of an order. */
  dismiss(order: string): boolean {
    const payment = this.#open.get(order);
    if (payment?.isKnownId !== true) return false;
    this.#open.delete(order);
    this.#dismissed.add(keyOf(payment));
    return true;
  }

  /** @returns False where it is settled: its sender need not try again. */
  note(request: OrderRequest, isKnownId: boolean, reason: string): boolean {
    const { id: order, item = '', quantity = 1, amount, currency, source } = request;
    if (isKnownId && this.#dismissed.has(keyOf({ order, item, amount, currency }))) return false;
    if (this.#open.has(order) || this.#open.size + this.#dismissed.size >= PAYMENTS_MAX)
      return true;
    const { clock, onEvent, log } = this.#deps;
    const paid = amount === undefined || currency === undefined ? {} : { amount, currency };
    const facts = { order, item, quantity: Math.max(1, quantity), ...paid };
    const atMs = clock.wallMs();
    this.#open.set(order, { ...facts, atMs, ...(isKnownId && { isKnownId }) });
    const data = { ...facts, source, reason };
    log.error('payment fits nothing on sale', data);
    onEvent({ type: 'order.unmatched', severity: 'warning', atMs, data });
    return true;
  }

  #byKind() {
    const all = [...this.#open.values()];
    const known = all.filter((one) => one.isKnownId === true);
    return { known, unknown: all.filter((one) => one.isKnownId !== true) };
  }
}

/** One payment, however often it is sent: there may be more than one other under an id. */
function keyOf({ order, item, amount, currency }: Payment): string {
  const isAmount = amount !== undefined && currency !== undefined;
  return JSON.stringify([order, item, ...(isAmount ? [amount, currency] : [])]);
}

interface Payment {
  readonly order: string;
  readonly item: string;
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
}

function entryOf({ order: id, isKnownId, ...payment }: UnmatchedPayment): OrderEntry {
  const kind = isKnownId ? { isOther: true } : {};
  return { id, state: 'refused', isOwed: true, numbers: [], ...payment, ...kind };
}
