/** What an interface answers about an order. Pure. */
import { messageOf } from '../../hal/os/log.ts';
import type { OrderEntry, OrderOutcome } from '../model/orders.ts';
import { isOwed, type OrderState } from './book.ts';

export function outcomeOf(state: OrderState, isRepeat: boolean): OrderOutcome {
  const { id: orderId } = state;
  if (state.kind === 'void') return { status: 'void', orderId, reason: state.reason, isRepeat };
  const { item, quantity, amount, currency } = state;
  // Literals without copies: there may be thousands at once.
  switch (state.kind) {
    case 'pending': {
      const { untilMs } = state;
      return { status: 'pending', orderId, item, quantity, amount, currency, isRepeat, untilMs };
    }
    case 'confirmed': {
      const { numbers } = state;
      return { status: 'confirmed', orderId, item, quantity, amount, currency, isRepeat, numbers };
    }
    case 'refused': {
      const { reason, isPaid } = state;
      const status = 'refused';
      return { status, orderId, item, quantity, amount, currency, isRepeat, reason, isPaid };
    }
  }
}

/** An order in the crew's list. */
export function entryOf(state: OrderState): OrderEntry {
  const { id, kind, atMs } = state;
  const facts = state.kind === 'void' ? state.was : state;
  const numbers = facts?.kind === 'confirmed' ? facts.numbers : [];
  const entry = { id, state: kind, isOwed: isOwed(state), numbers, atMs };
  if (facts === undefined) return entry;
  const { title: item, quantity, amount, currency, name } = facts;
  return { ...entry, item, quantity, amount, currency, ...(name === undefined ? {} : { name }) };
}

/** Ids are full of digits: so short a number is that of a piece, or all of an id. */
const SHORT_NUMBER = /^\d{1,3}$/;

/** Finds the orders of which all words are in the id or the name, in any case, or are the id or the number of a piece. */
export function finder(words: string): (order: OrderEntry) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ id, name = '', numbers }) => {
    const text = `${id} ${name}`.toLowerCase();
    return wanted.every(
      (word) =>
        numbers.some((number) => String(number) === word) ||
        id.toLowerCase() === word ||
        (!SHORT_NUMBER.test(word) && text.includes(word)),
    );
  };
}

export function unavailable(detail: string): OrderOutcome {
  return { status: 'unavailable', detail };
}

export function cannotBeSaved(error: unknown): OrderOutcome {
  return unavailable(messageOf(error));
}
