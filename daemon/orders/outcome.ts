/** What an interface answers about an order. Pure. */
import type { OrderOutcome } from '../model/orders.ts';
import type { OrderState } from './book.ts';

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

export function unavailable(detail: string): OrderOutcome {
  return { status: 'unavailable', detail };
}
