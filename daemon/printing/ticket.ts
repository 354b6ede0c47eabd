/** The slips of an order: a claim stub for each piece, and a ticket for the crew. Pure. */
import type { Block, PrintDocument } from '../../hal/printer/port.ts';
import { fill } from '../../pipelines/player/text/fill.ts';
import type { Claim } from './claim.ts';
import type { TicketOrder } from './job.ts';
import type { SlipWords } from './text/words.ts';

/** Of one slip: after a paper-out a person looks at no more. A larger order has several slips. */
const STUBS_MAX = 20;

export const slipsOf = ({ quantity }: Pick<TicketOrder, 'quantity'>): number =>
  Math.max(1, Math.ceil(quantity / STUBS_MAX));

export interface TicketFacts {
  /** Of the order's drop. */
  readonly title: string;
  /** 1 for the first print. Later ones are marked as copies: a claim stub is worth something. */
  readonly copy: number;
  /** Counted from 1; the last one has the crew's ticket. */
  readonly slip?: number | undefined;
  readonly words: SlipWords;
}

/** @param render Signs a claim. */
export function renderTicket(
  order: TicketOrder,
  facts: TicketFacts,
  render: (claim: Claim) => string,
): PrintDocument {
  const { slip = 1 } = facts;
  const before = (slip - 1) * STUBS_MAX;
  const pieces = Math.max(1, Math.min(STUBS_MAX, order.quantity - before));
  const stubs = Array.from({ length: pieces }, (_, index) => {
    const claim = claimOf(order, before + index);
    return renderStub(order, claim, facts, render(claim));
  });
  return [
    ...stubs.flatMap((stub) => [...stub, { kind: 'cut' } as const]),
    ...(slip < slipsOf(order) ? [] : renderCrew(order, facts)),
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
  { title, copy, words: { text, time } }: TicketFacts,
  code: string,
): readonly Block[] {
  const which = number === undefined ? '' : fill(text.ticket.number, { number: String(number) });
  const part = fill(text.ticket.piece, { piece: String(piece), pieces: String(pieces) });
  return [
    ...copyMark(copy, text),
    { kind: 'text', text: title, align: 'center', isBold: true },
    { kind: 'text', text: order.item.name, align: 'center', isBold: true, size: 2 },
    ...(number === undefined
      ? []
      : [{ kind: 'text', text: which, align: 'center', isBold: true, size: 2 } as const]),
    ...(order.name === undefined
      ? []
      : [{ kind: 'text', text: order.name, align: 'center' } as const]),
    { kind: 'qr', data: code },
    { kind: 'text', text: `${order.orderId}   ${part}`, align: 'center' },
    { kind: 'text', text: time(order.atMs), align: 'center' },
  ];
}

/** For those who make or hand out what was ordered. */
function renderCrew(
  order: TicketOrder,
  { title, copy, words: { text, time } }: TicketFacts,
): readonly Block[] {
  const { item, quantity, numbers, name, orderId, atMs } = order;
  const which = fill(text.ticket.number, { number: numbers.join(', ') });
  return [
    ...copyMark(copy, text),
    { kind: 'text', text: fill(text.ticket.order, { id: orderId }), isBold: true },
    { kind: 'rule' },
    { kind: 'text', text: `${quantity} x ${item.name}`, isBold: true, size: 2 },
    ...(numbers.length === 0 ? [] : [{ kind: 'text', text: which } as const]),
    ...(name === undefined
      ? []
      : [{ kind: 'text', text: fill(text.ticket.for, { name }) } as const]),
    { kind: 'text', text: `${title}, ${time(atMs)}` },
  ];
}

function copyMark(copy: number, { ticket }: SlipWords['text']): readonly Block[] {
  if (copy < 2) return [];
  const text = fill(ticket.copy, { number: String(copy) });
  return [{ kind: 'text', text, align: 'center', isBold: true, size: 2 }];
}
