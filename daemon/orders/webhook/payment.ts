/** One payment that fits nothing on sale: how it is saved, and which of several it is. Pure. */
import * as v from 'valibot';
import type { OrderEntry, OrderRequest, UnmatchedPayment } from '../../model/orders.ts';
import { cleanName } from '../request.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const payment = v.object({
  order: v.string(),
  // Other versions have saved it as it came.
  item: v.pipe(v.string(), v.transform(cleanName)),
  quantity: count,
  amount: v.exactOptional(count),
  currency: v.exactOptional(v.string()),
  isKnownId: v.exactOptional(v.boolean()),
  atMs: v.number(),
});

const payments = v.pipe(v.array(payment), v.readonly());

/** As `unmatched.json` has them: those that wait, and those that the crew has given back. */
export const storedPayments = v.object({ open: payments, back: payments });

export type StoredPayments = v.InferOutput<typeof storedPayments>;

/** One payment, however often it is sent, is known by all of it: there may be several under one id. */
export type Payment = Pick<UnmatchedPayment, 'order' | 'item' | 'amount' | 'currency'>;

/** Its item is none on sale: it is told, logged and saved without what must not be in it. */
export function paidIn({ id: order, item = '', amount, currency }: OrderRequest): Payment {
  const paid = amount === undefined || currency === undefined ? {} : { amount, currency };
  return { order, item: cleanName(item), ...paid };
}

export function keyOf({ order, item, amount, currency }: Payment): string {
  return JSON.stringify([order, item, amount, currency]);
}

type Money = Pick<OrderRequest, 'amount' | 'currency'>;

/** One that does not say is that of any. */
export function hasMoneyOf(one: Money, other: Money): boolean {
  const isSame = <T>(a: T | undefined, b: T | undefined) =>
    a === undefined || b === undefined || a === b;
  return isSame(one.amount, other.amount) && isSame(one.currency, other.currency);
}

/** With a mistake it may lack something that it had before. */
export function isPerhaps(one: Payment, request: OrderRequest): boolean {
  const { item } = paidIn(request);
  return (item === '' || one.item === '' || item === one.item) && hasMoneyOf(one, request);
}

/** Its row in the crew's list. */
export function entryOf({ order: id, isKnownId, ...facts }: UnmatchedPayment): OrderEntry {
  const kind = isKnownId ? { isOther: true } : {};
  return { id, state: 'refused', isOwed: true, numbers: [], ...facts, ...kind };
}

/** What settles it, as the crew would have it one by one. */
export function settlingOf(
  { order: id, amount, currency, isKnownId }: UnmatchedPayment,
  source: OrderRequest['source'],
): OrderRequest {
  const money = {
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
  };
  return { do: 'cancel', id, ...money, source, ...(isKnownId && { was: 'unmatched' as const }) };
}
