/** The state of all orders, made of the ledger's records one by one. */
import type { Sales } from '../model/orders.ts';
import type {
  ConfirmedRecord,
  OrderFacts,
  OrderRecord,
  PendingRecord,
  RefusedRecord,
} from './record.ts';

/** Where an order stands. A void order keeps what it was before, where it was anything. */
export type OrderState =
  | PendingRecord
  | ConfirmedRecord
  | RefusedRecord
  | {
      readonly kind: 'void';
      readonly id: string;
      readonly sentMs?: number | undefined;
      readonly atMs: number;
      readonly reason: 'time-out' | 'cancelled';
      readonly isPaidBack?: boolean | undefined;
      readonly was?: PendingRecord | ConfirmedRecord | RefusedRecord;
    };

/** The pieces of one item of one drop. */
export interface PieceCount {
  /** Reserved by pending orders. */
  readonly pending: number;
  /** Of confirmed orders that are not void. */
  readonly sold: number;
  /** The highest number of a numbered edition so far; a number is never given out twice. */
  readonly numbered: number;
}

const NO_SALES: Sales = { orders: 0, pieces: 0, amounts: [] };
const NO_PIECES: PieceCount = { pending: 0, sold: 0, numbered: 0 };

/** Counts over all orders. */
export interface OrderTotals {
  readonly pending: number;
  readonly confirmed: number;
  readonly void: number;
  readonly refused: number;
  /** Paid and refused: their money must go back. */
  readonly refunds: number;
}

export class Book {
  /** That which changed last is the last one: the clock may have been set back since. */
  readonly #orders = new Map<string, OrderState>();
  readonly #pieces = new Map<string, PieceCount>();
  readonly #sales = new Map<string, Sales>();
  readonly #totals = { pending: 0, confirmed: 0, void: 0, refused: 0, refunds: 0 };

  /** Orders that it knows, of every state. */
  get size(): number {
    return this.#orders.size;
  }

  get totals(): OrderTotals {
    return this.#totals;
  }

  find(id: string): OrderState | undefined {
    return this.#orders.get(id);
  }

  /** In the order of their last change. */
  all(): Iterable<OrderState> {
    return this.#orders.values();
  }

  /** Confirmed orders of one drop. */
  sales(drop: string): Sales {
    return this.#sales.get(drop) ?? NO_SALES;
  }

  /** Those whose money must go back, then the newest. */
  newest(max: number, isWanted?: (one: OrderState) => boolean): readonly OrderState[] {
    const owed: OrderState[] = [];
    const others: OrderState[] = [];
    // There may be 200,000: no more than `max` of them are kept.
    for (const one of this.#orders.values()) {
      if (isWanted?.(one) === false) continue;
      if (isOwed(one)) {
        if (owed.length < max) owed.push(one);
        continue;
      }
      others.push(one);
      if (others.length > max) others.shift();
    }
    return [...owed, ...others.toReversed()].slice(0, max);
  }

  /** The newest order of an item of any drop. Looks through all of them. */
  lastOf(item: string): OrderFacts | undefined {
    let last: OrderFacts | undefined;
    for (const one of this.#orders.values()) {
      const facts = one.kind === 'void' ? one.was : one;
      if (facts?.item === item) last = facts;
    }
    return last;
  }

  pieces(drop: string, item: string): PieceCount {
    return this.#pieces.get(keyOf(drop, item)) ?? NO_PIECES;
  }

  /** Takes a record that was decided on, or read from the ledger. */
  apply(record: OrderRecord): OrderState {
    const before = this.#orders.get(record.id);
    const after = stateAfter(record, before);
    if (before !== undefined) {
      this.#orders.delete(record.id);
      this.#count(before, -1);
    }
    this.#orders.set(record.id, after);
    this.#count(after, 1);
    return after;
  }

  #sell({ drop, quantity, amount, currency }: ConfirmedRecord, by: 1 | -1): void {
    const { orders, pieces, amounts } = this.sales(drop);
    this.#sales.set(drop, {
      orders: orders + by,
      pieces: pieces + by * quantity,
      amounts: addAmount(amounts, currency, by * amount),
    });
  }

  #count(state: OrderState, by: 1 | -1): void {
    this.#totals[state.kind] += by;
    if (state.kind === 'void') return;
    if (state.kind === 'refused') {
      if (isOwed(state)) this.#totals.refunds += by;
      return;
    }
    if (state.kind === 'confirmed') this.#sell(state, by);
    const key = keyOf(state.drop, state.item);
    const { pending, sold, numbered } = this.#pieces.get(key) ?? NO_PIECES;
    const pieces = by * state.quantity;
    this.#pieces.set(key, {
      pending: pending + (state.kind === 'pending' ? pieces : 0),
      sold: sold + (state.kind === 'confirmed' ? pieces : 0),
      numbered: state.kind === 'confirmed' ? highest(numbered, state.numbers) : numbered,
    });
  }
}

/** False also for what was cancelled before anything else was known of it. */
export function isOrder(one: OrderState | undefined): boolean {
  return one !== undefined && (one.kind !== 'void' || one.was !== undefined);
}

/** It was cancelled, and what was paid for it before that went back. */
export function isPaidBack(one: OrderState): boolean {
  if (one.kind !== 'void' || one.reason !== 'cancelled') return false;
  return (
    one.isPaidBack === true ||
    one.was?.kind === 'confirmed' ||
    (one.was !== undefined && isOwed(one.was))
  );
}

/** Paid, and nothing was given for it. */
export const isOwed = (one: OrderState) => one.kind === 'refused' && one.isPaid;

function addAmount(amounts: Sales['amounts'], currency: string, minor: number): Sales['amounts'] {
  const before = amounts.find((one) => one.currency === currency)?.amount_minor ?? 0;
  const others = amounts.filter((one) => one.currency !== currency);
  return [...others, { currency, amount_minor: before + minor }];
}

function stateAfter(record: OrderRecord, before: OrderState | undefined): OrderState {
  if (record.kind !== 'void') return record;
  const { kind, id, atMs, sentMs, reason } = record;
  const was = before?.kind === 'void' ? before.was : before;
  const isPaidBack = record.isPaidBack ?? (before?.kind === 'void' && before.isPaidBack);
  return {
    kind,
    id,
    atMs,
    reason,
    ...(sentMs === undefined ? {} : { sentMs }),
    ...(isPaidBack ? { isPaidBack } : {}),
    ...(was === undefined ? {} : { was }),
  };
}

function highest(before: number, numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), before);
}

function keyOf(drop: string, item: string): string {
  return `${drop}/${item}`;
}
