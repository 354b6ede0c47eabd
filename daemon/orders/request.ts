/** An order request from outside: checked, and cleaned of what the box must not have. */
import * as v from 'valibot';
import type { OrderRequest, OrderSource } from '../model/orders.ts';
import { isOrder, type OrderState } from './book.ts';

const NAME_MAX = 80;
/** Of what somebody sends as a name: the rest is not even looked at. */
const READ_MAX = 1_000;

/** Of a command over MQTT, the operator's page or the command line. */
export const orderArguments = v.strictObject({
  order: v.pipe(
    v.string('must be text'),
    v.regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 of A-Z a-z 0-9 _ . : -'),
  ),
  do: v.optional(
    v.picklist(
      ['reserve', 'confirm', 'cancel', 'clear'],
      'must be reserve, confirm, cancel or clear',
    ),
    'confirm',
  ),
  /** Of `cancel`: refused where it is something else by now. */
  was: v.optional(
    v.picklist(
      ['pending', 'confirmed', 'void', 'refused', 'unmatched'],
      'must be pending, confirmed, void, refused or unmatched',
    ),
  ),
  item: v.optional(
    v.pipe(v.string('must be text'), v.maxLength(64, 'must be 64 characters at most')),
  ),
  quantity: v.optional(amountUpTo(100)),
  /** A paid order is not lost for one: a long one is cut, and what is no text is left out. */
  name: v.optional(v.fallback(v.string(), '')),
  amount: v.optional(amountUpTo(Number.MAX_SAFE_INTEGER)),
  currency: v.optional(v.pipe(v.string('must be text'), v.regex(/^[A-Z]{3}$/, 'must be like EUR'))),
});

export type OrderArguments = v.InferOutput<typeof orderArguments>;

function amountUpTo(max: number) {
  const message = `must be a whole number from 0 to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(0, message),
    v.maxValue(max, message),
  );
}

export function requestOf(args: OrderArguments, source: OrderSource): OrderRequest {
  const { order, was, name, item, quantity, amount, currency } = args;
  const cleaned = cleanName(name ?? '');
  return {
    ...{ do: args.do, id: order, source },
    ...(was === undefined ? {} : { was }),
    // As it is: the id of one that is on sale may look like a card's number.
    ...(item === undefined ? {} : { item }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...(cleaned === '' ? {} : { name: cleaned }),
  };
}

/** One line, without control or direction characters; empty for what looks like a card's number. */
export function cleanName(text: string): string {
  const line = text
    .slice(0, READ_MAX)
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (hasCardNumber(line)) return '';
  // Half a surrogate pair would be no UTF-8.
  return line
    .slice(0, NAME_MAX)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}

/** 13 to 19 digits, perhaps in groups, that pass the card industry's check (ISO/IEC 7812-1, Annex B). */
function hasCardNumber(text: string): boolean {
  const groups = text.match(/\d(?:[ .-]?\d){12,18}/g) ?? [];
  return groups.some((group) => isLuhn(group.replace(/\D/g, '')));
}

function isLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .map((digit, i) => (i % 2 === 0 ? Number(digit) : 2 * Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return sum % 10 === 0;
}

/** Messages of one order may overtake each other on their way. */
export function isStale({ sentMs }: OrderRequest, known: OrderState | undefined): boolean {
  return sentMs !== undefined && known?.sentMs !== undefined && sentMs < known.sentMs;
}

/** An order id stands for one thing. */
export function conflictOf(
  { id, item, quantity }: OrderRequest,
  known: OrderState,
): string | undefined {
  const before = known.kind === 'void' ? known.was : known;
  if (before === undefined) return undefined;
  const isSame =
    (item === undefined || item === before.item) &&
    (quantity === undefined || quantity === before.quantity);
  return isSame ? undefined : `order ${id} is another one: ${before.quantity} × ${before.item}`;
}

/**
 * What a payment that cannot be taken is to the order of its id: the one that was taken, come again
 * with a mistake; its own, which is still to be taken, also where there is no order; or another one.
 */
export function paymentUnder(
  request: OrderRequest,
  known: OrderState | undefined,
): 'taken' | 'own' | 'other' {
  if (known === undefined || !isOrder(known)) return 'own';
  if (request.fault === undefined || conflictOf(request, known) !== undefined) return 'other';
  if (known.kind === 'pending' || known.kind === 'void') return 'own';
  if (known.kind === 'refused' && !known.isPaid) return 'own';
  // More is a tip.
  const { amount = known.amount, currency = known.currency } = request;
  return amount >= known.amount && currency === known.currency ? 'taken' : 'other';
}
