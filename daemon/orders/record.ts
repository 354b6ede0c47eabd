/** What the ledger holds of orders: its records. */
import * as v from 'valibot';
import type { OrderRefusal } from '../model/orders.ts';

const id = v.pipe(v.string(), v.regex(/^[\w.:-]{1,128}$/));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const source = v.picklist(['webhook', 'mqtt', 'cash', 'cli']);

const order = {
  id,
  /** The drop whose catalogue the item is in. */
  drop: text(64),
  item: text(64),
  /** The item's name then. */
  title: text(120),
  quantity: count,
  /** What is to be paid for all of it, in minor units of the currency. */
  amount: count,
  currency: text(3),
  name: v.optional(text(80)),
  source,
  /** When its sender made the newest message, Unix time in ms. */
  sentMs: v.optional(count),
  /** Unix time in ms. */
  atMs: count,
};

const REFUSALS = [
  'sold-out',
  'closed',
  'price',
  'cancelled',
] as const satisfies readonly OrderRefusal[];

export const recordSchema = v.variant('kind', [
  /** Pieces are reserved until then (Unix ms). */
  v.object({ kind: v.literal('pending'), ...order, untilMs: count }),
  v.object({ kind: v.literal('confirmed'), ...order, numbers: v.array(count) }),
  v.object({
    kind: v.literal('void'),
    id,
    sentMs: v.optional(count),
    atMs: count,
    reason: v.picklist(['time-out', 'cancelled']),
    /** It was paid, fitted nothing on sale, and its money went back. */
    isPaidBack: v.optional(v.boolean()),
  }),
  v.object({
    kind: v.literal('refused'),
    ...order,
    reason: v.picklist(REFUSALS),
    /** The buyer has paid: the money must go back. */
    isPaid: v.boolean(),
  }),
]);

export type OrderRecord = Readonly<v.InferOutput<typeof recordSchema>>;
export type PendingRecord = Extract<OrderRecord, { kind: 'pending' }>;
export type ConfirmedRecord = Extract<OrderRecord, { kind: 'confirmed' }>;
export type RefusedRecord = Extract<OrderRecord, { kind: 'refused' }>;

/** What all records of an order's pieces have in common. */
export type OrderFacts = Omit<PendingRecord, 'kind' | 'untilMs'>;

export function factsOf(record: PendingRecord | ConfirmedRecord | RefusedRecord): OrderFacts {
  const { id, drop, item, title, quantity, amount, currency, name, source, sentMs, atMs } = record;
  return {
    ...{ id, drop, item, title, quantity, amount, currency, source, atMs },
    ...(name === undefined ? {} : { name }),
    ...(sentMs === undefined ? {} : { sentMs }),
  };
}
