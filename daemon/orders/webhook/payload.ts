/** What a webhook says of an order. Only what the box needs is read; the rest is forgotten. Pure. */
import * as v from 'valibot';
import { parseJson } from '../../../hal/os/files/json.ts';
import { minorDigits } from '../../../pipelines/player/text/minor-units.ts';
import type { OrderRequest } from '../../model/orders.ts';
import { orderArguments, requestOf } from '../request.ts';
import type { Scheme } from './signature.ts';

export type WebhookOrder =
  | { readonly request: OrderRequest }
  /** It concerns no order of this box. */
  | { readonly ignored: string; readonly isPaid?: boolean }
  /** `paid`: what is known of a payment all the same; it says its fault. */
  | { readonly fault: string; readonly paid?: OrderRequest };

export function readPayload(scheme: Scheme, body: Buffer): WebhookOrder {
  const json = parseJson(body.toString('utf8'));
  if (json === undefined) return { fault: 'the body is not JSON' };
  return scheme === 'standard' ? readStandard(json) : readStripe(json);
}

const DOES = {
  'order.reserved': 'reserve',
  'order.paid': 'confirm',
  'order.cancelled': 'cancel',
} as const;

/** Standard Webhooks, "Payload structure": type, timestamp, data. */
const standardEvent = v.object({
  type: v.string(),
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  data: v.unknown(),
});

function readStandard(json: unknown): WebhookOrder {
  const event = v.safeParse(standardEvent, json);
  if (!event.success) return faultOf(event.issues[0]);
  const { type, timestamp, data } = event.output;
  if (!Object.hasOwn(DOES, type)) return { ignored: type };
  const kind = DOES[type as keyof typeof DOES];
  const given = { ...(data as object), do: kind };
  const args = v.safeParse(orderArguments, given);
  if (!args.success) return withPayment(faultOf(args.issues[0], 'data.'), given);
  const { amount, currency } = args.output;
  if (kind === 'confirm' && (amount === undefined || currency === undefined)) {
    const fault = 'data.amount and data.currency are needed: what was paid';
    return withPayment({ fault }, given);
  }
  return requestSent(args.output, Date.parse(timestamp));
}

/** The ledger takes no other times: isoTimestamp also lets through what Date cannot read. */
function requestSent(args: v.InferOutput<typeof orderArguments>, sentMs: number): WebhookOrder {
  if (!Number.isSafeInteger(sentMs) || sentMs < 0) {
    return { fault: 'its time is none since 1970' };
  }
  return { request: { ...requestOf(args, 'webhook'), sentMs } };
}

const text = v.nullish(v.string());

/** docs.stripe.com/api/checkout/sessions/object, as far as it is used. */
const stripeEvent = v.object({
  type: v.string(),
  created: v.number(),
  data: v.object({
    object: v.object({
      id: v.string(),
      payment_status: text,
      amount_total: v.nullish(v.number()),
      currency: text,
      metadata: v.nullish(v.record(v.string(), v.string())),
      customer_details: v.fallback(v.nullish(v.object({ name: text })), null),
    }),
  }),
});

type StripeSession = v.InferOutput<typeof stripeEvent>['data']['object'];

function readStripe(json: unknown): WebhookOrder {
  const type = (json as { type?: unknown } | null)?.type;
  if (typeof type === 'string' && !type.startsWith('checkout.session.')) return { ignored: type };
  const event = v.safeParse(stripeEvent, json);
  if (!event.success) return faultOf(event.issues[0]);
  const { created, data } = event.output;
  const session = data.object;
  const kind = doOf(event.output.type, session.payment_status ?? '');
  if (kind === undefined) return { ignored: event.output.type };
  const { item, quantity, name } = session.metadata ?? {};
  // Of another shop with the same account.
  if (item === undefined) {
    return { ignored: 'a session without metadata.item', isPaid: kind === 'confirm' };
  }
  const buyer = name ?? session.customer_details?.name;
  const given = {
    ...{ order: session.id, do: kind, item },
    ...(quantity === undefined ? {} : { quantity: Number(quantity) }),
    ...paidAtStripe(session),
    ...(buyer ? { name: buyer } : {}),
  };
  const args = v.safeParse(orderArguments, given);
  if (!args.success)
    return withPayment(faultOf(args.issues[0], 'metadata, or its session: '), given);
  return requestSent(args.output, created * 1000);
}

/** docs.stripe.com/currencies, "Special cases": where its smallest unit is not that of ISO 4217. */
const STRIPE_DIGITS: Readonly<Record<string, number>> = { ISK: 2, MGA: 0, UGX: 2 };

function paidAtStripe({ amount_total: total, currency }: StripeSession) {
  if (!currency) return typeof total === 'number' ? { amount: total } : {};
  const code = currency.toUpperCase();
  if (typeof total !== 'number') return { currency: code };
  const digits = minorDigits(code);
  const shift = (STRIPE_DIGITS[code] ?? digits) - digits;
  // Less than the smallest unit was not paid.
  const amount = shift > 0 ? Math.floor(total / 10 ** shift) : total * 10 ** -shift;
  return { amount, currency: code };
}

function doOf(type: string, paymentStatus: string): OrderRequest['do'] | undefined {
  switch (type) {
    case 'checkout.session.completed':
      return paymentStatus === 'unpaid' ? 'reserve' : 'confirm';
    case 'checkout.session.async_payment_succeeded':
      return 'confirm';
    case 'checkout.session.async_payment_failed':
    case 'checkout.session.expired':
      return 'cancel';
    default:
      return undefined;
  }
}

/** It is no order, but its money is there. */
function withPayment(
  fault: { readonly fault: string },
  given: Readonly<Record<string, unknown>>,
): WebhookOrder {
  const { order, item, quantity, amount, currency } = given;
  if (given['do'] !== 'confirm') return fault;
  // Of an order that is known the item may be left out.
  const what = item === undefined ? {} : { item: String(item ?? '').slice(0, 64) };
  const payment = { order, do: 'confirm', ...what };
  for (const paid of [{ quantity, amount, currency }, { amount, currency }, {}]) {
    const args = v.safeParse(orderArguments, { ...payment, ...paid });
    if (args.success) {
      return { ...fault, paid: { ...requestOf(args.output, 'webhook'), ...fault } };
    }
  }
  return fault;
}

function faultOf(issue: v.BaseIssue<unknown>, prefix = ''): { readonly fault: string } {
  const key = `${prefix}${v.getDotPath(issue) ?? 'the body'}`;
  if (issue.type !== 'strict_object') return { fault: `${key}: ${issue.message}` };
  return { fault: issue.expected === 'never' ? `${key} is not taken` : `${key} is missing` };
}
