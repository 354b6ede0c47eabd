/** The slips of an order: a claim stub for each piece, and a ticket for the crew. Pure. */
import type { Block, PrintDocument } from '../../hal/printer/port.ts';
import { localTime } from '../model/rounding.ts';
import type { Claim } from './claim.ts';
import type { TicketOrder } from './job.ts';

/** Of one slip: after a paper-out a person looks at no more. A larger order has several slips. */
const STUBS_MAX = 20;

export const slipsOf = ({ quantity }: Pick<TicketOrder, 'quantity'>): number =>
  Math.max(1, Math.ceil(quantity / STUBS_MAX));

/**
 * @param render Signs a claim.
 * @param copy 1 for the first print. Later ones are marked as copies: a claim stub is worth something.
 * @param slip Counted from 1; the last one has the crew's ticket.
 */
export function renderTicket(
  order: TicketOrder,
  title: string,
  copy: number,
  render: (claim: Claim) => string,
  slip = 1,
): PrintDocument {
  const before = (slip - 1) * STUBS_MAX;
  const pieces = Math.max(1, Math.min(STUBS_MAX, order.quantity - before));
  const stubs = Array.from({ length: pieces }, (_, index) => {
    const claim = claimOf(order, before + index);
    return renderStub(order, claim, title, copy, render(claim));
  });
  return [
    ...stubs.flatMap((stub) => [...stub, { kind: 'cut' } as const]),
    ...(slip < slipsOf(order) ? [] : renderCrew(order, title, copy)),
  ];
}

function claimOf(
  { drop, orderId, item, quantity, numbers, atMs }: TicketOrder,
  index: number,
): Claim {
  const number = numbers[index];
  const claim = {
    ...{ drop, orderId, itemId: item.id },
    ...{ piece: index + 1, pieces: quantity, atS: Math.floor(atMs / 1000) },
  };
  return number === undefined ? claim : { ...claim, number };
}

/** For the guest. */
function renderStub(
  order: TicketOrder,
  { number, piece, pieces }: Claim,
  title: string,
  copy: number,
  code: string,
): readonly Block[] {
  return [
    ...copyMark(copy),
    { kind: 'text', text: title, align: 'center', isBold: true },
    { kind: 'text', text: order.item.name, align: 'center', isBold: true, size: 2 },
    ...(number === undefined
      ? []
      : [{ kind: 'text', text: `No. ${number}`, align: 'center', isBold: true, size: 2 } as const]),
    ...(order.name === undefined
      ? []
      : [{ kind: 'text', text: order.name, align: 'center' } as const]),
    { kind: 'qr', data: code },
    { kind: 'text', text: `${order.orderId}   ${piece} of ${pieces}`, align: 'center' },
    { kind: 'text', text: localTime(order.atMs), align: 'center' },
  ];
}

/** For those who make or hand out what was ordered. */
function renderCrew(order: TicketOrder, title: string, copy: number): readonly Block[] {
  const { item, quantity, numbers, name, orderId, atMs } = order;
  return [
    ...copyMark(copy),
    { kind: 'text', text: `ORDER ${orderId}`, isBold: true },
    { kind: 'rule' },
    { kind: 'text', text: `${quantity} x ${item.name}`, isBold: true, size: 2 },
    ...(numbers.length === 0 ? [] : [{ kind: 'text', text: `No. ${numbers.join(', ')}` } as const]),
    ...(name === undefined ? [] : [{ kind: 'text', text: `for ${name}` } as const]),
    { kind: 'text', text: `${title}, ${localTime(atMs)}` },
  ];
}

function copyMark(copy: number): readonly Block[] {
  if (copy < 2) return [];
  return [{ kind: 'text', text: `COPY ${copy}`, align: 'center', isBold: true, size: 2 }];
}
