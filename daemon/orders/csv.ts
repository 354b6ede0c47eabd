/** All orders as a table for a spreadsheet (RFC 4180). Pure. */
import { minorDigits } from '../../pipelines/player/text/minor-units.ts';
import type { UnmatchedPayment } from '../model/orders.ts';
import { isOwed, type OrderState } from './book.ts';

const COLUMNS = [
  'order',
  'state',
  'reason',
  'refund',
  'drop',
  'item',
  'item name',
  'quantity',
  'numbers',
  'amount',
  'currency',
  'buyer',
  'source',
  'time (UTC)',
] as const;

/** Excel takes UTF-8 for it only after a byte order mark. */
const BOM = '\ufeff';

/** @param payments Rows of those that fit nothing on sale. */
export function renderCsv(orders: Iterable<OrderState>, payments: readonly string[] = []): string {
  return [CSV_HEAD, ...Array.from(orders, (order) => line(rowOf(order))), ...payments].join('');
}

const line = (row: readonly string[]) => `${row.map(field).join(',')}\r\n`;

/** What a file begins with. */
export const CSV_HEAD = BOM + line(COLUMNS);

/** One row: a payment that fits nothing on sale, and is in no list of orders. */
export function renderPayment(
  { order, item, quantity, amount, currency = '', atMs }: UnmatchedPayment,
  refund: 'to be paid back' | 'settled',
): string {
  const paid = amount === undefined || currency === '' ? '' : decimal(amount, currency);
  return line([
    ...[order, 'unmatched', 'fits nothing on sale', refund, '', item, '', String(quantity), ''],
    ...[paid, currency, '', '', timeOf(atMs)],
  ]);
}

function rowOf(order: OrderState): readonly string[] {
  const facts = order.kind === 'void' ? order.was : order;
  const numbers = facts?.kind === 'confirmed' ? facts.numbers : [];
  return [
    order.id,
    order.kind,
    'reason' in order ? order.reason : '',
    isOwed(order) ? 'to be paid back' : '',
    ...(facts === undefined
      ? ['', '', '', '', '', '', '', '', '']
      : [
          ...[facts.drop, facts.item, facts.title, String(facts.quantity), numbers.join(' ')],
          ...[decimal(facts.amount, facts.currency), facts.currency],
          ...[facts.name ?? '', facts.source],
        ]),
    timeOf(order.atMs),
  ];
}

const timeOf = (atMs: number) => new Date(atMs).toISOString().replace('T', ' ').slice(0, 19);

/**
 * Quoted, and never a formula: a spreadsheet runs what begins with one of these signs, and a
 * buyer chooses his name (OWASP, "CSV Injection").
 */
function field(text: string): string {
  const isFormula = /^\s*[=+\-@\t\r|%＝＋－＠]/.test(text);
  return `"${isFormula ? "'" : ''}${text.replaceAll('"', '""')}"`;
}

function decimal(amount: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(amount).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
