/** What an interface answers about an order. Pure. */
import type { OrderOutcome } from '../model/orders.ts';
import type { OrderState } from './book.ts';

export function outcomeOf(state: OrderState, isRepeat: boolean): OrderOutcome {
  const { id: orderId } = state;
  if (state.kind === 'void') return { status: 'void', orderId, reason: state.reason, isRepeat };
  const { item, quantity, amount, currency } = state;
  const settled = { orderId, item, quantity, amount, currency, isRepeat };
  switch (state.kind) {
    case 'pending':
      return { ...settled, status: 'pending', untilMs: state.untilMs };
    case 'confirmed':
      return { ...settled, status: 'confirmed', numbers: state.numbers };
    case 'refused':
      return { ...settled, status: 'refused', reason: state.reason, isPaid: state.isPaid };
  }
}

export function invalid(detail: string): OrderOutcome {
  return { status: 'invalid', detail };
}

export function unavailable(detail: string): OrderOutcome {
  return { status: 'unavailable', detail };
}
