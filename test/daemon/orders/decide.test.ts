/** What becomes of an order: the rules alone, without a disk or an order service. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderRequest } from '../../../daemon/model/orders.ts';
import { Book } from '../../../daemon/orders/book.ts';
import { decide, type Shop } from '../../../daemon/orders/decide.ts';
import { requestOf } from '../../../daemon/orders/request.ts';
import { article, PENDING_MS } from './support/shop.ts';

const test = suite('what becomes of an order');

const FRIDAY: Shop = {
  drop: 'friday',
  articles: [article('print', { edition: 50 }), article('badge', { max_per_order: 3 })],
  isWindowOpen: true,
  pendingMs: PENDING_MS,
  nowMs: 1_000_000,
};

/** Decides and keeps what was decided, as the order service does. */
function seller(shop = FRIDAY) {
  const book = new Book();
  const ask = (request: Omit<OrderRequest, 'source'> & Partial<OrderRequest>, at: Shop = shop) => {
    const decision = decide(book, { source: 'webhook', ...request }, at);
    if ('record' in decision) book.apply(decision.record);
    return decision;
  };
  return { book, ask };
}

const recordOf = (decision: ReturnType<typeof decide>) =>
  'record' in decision ? decision.record : undefined;

test('pieces are reserved for as long as the shop says, from now on', () => {
  const { ask } = seller();
  const pending = recordOf(ask({ do: 'reserve', id: 'a', item: 'print' }));
  assert.is(pending?.kind === 'pending' && pending.untilMs, FRIDAY.nowMs + PENDING_MS);
});

test('an order takes one piece at least, and as many as the article allows', () => {
  const { ask } = seller();
  for (const quantity of [0, -1, 0.5, 1.5, 4]) {
    const decision = ask({ do: 'reserve', id: `n${quantity}`, item: 'badge', quantity });
    assert.is('invalid' in decision && decision.invalid, 'quantity must be 1 to 3', `${quantity}`);
  }
  for (const quantity of [1, 3]) {
    const sold = recordOf(ask({ do: 'confirm', id: `y${quantity}`, item: 'badge', quantity }));
    assert.equal(
      [sold?.kind, sold?.kind === 'confirmed' && sold.quantity],
      ['confirmed', quantity],
    );
  }
});

test('an article whose id looks like the number of a card is sold; of another one nothing is told', () => {
  const id = '4111111111111111';
  const { ask } = seller({ ...FRIDAY, articles: [article(id)] });
  const order = (item: string) => ask(requestOf({ order: item, do: 'confirm', item }, 'webhook'));
  assert.is(recordOf(order(id))?.kind, 'confirmed');
  const none = order('5500-0000-0000-0004');
  assert.is('invalid' in none && none.invalid, `unknown item ; there are: ${id}`);
});

test('the same order again changes nothing, and another one under its id is refused', () => {
  const { ask } = seller();
  const order = { id: 'a', item: 'badge', quantity: 2 } as const;
  ask({ do: 'reserve', ...order });
  assert.ok('repeat' in ask({ do: 'reserve', ...order }));
  assert.ok('repeat' in ask({ do: 'reserve', id: 'a' }));
  for (const other of [{ quantity: 3 }, { item: 'print' }]) {
    const decision = ask({ do: 'reserve', ...order, ...other });
    assert.is('invalid' in decision && decision.invalid, 'order a is another one: 2 × badge');
  }
  assert.is(recordOf(ask({ do: 'confirm', ...order }))?.kind, 'confirmed');
});

test('who pays after the time is over gets the pieces that are left, though the window is shut', () => {
  const { book, ask } = seller({
    ...FRIDAY,
    articles: [article('print', { edition: 2, collector: true })],
  });
  const shut = { ...FRIDAY, articles: [article('print', { edition: 2, collector: true })] };
  const later = { ...shut, isWindowOpen: false };
  ask({ do: 'reserve', id: 'a', item: 'print' });
  book.apply({ kind: 'void', id: 'a', atMs: 1, reason: 'time-out' });
  const late = recordOf(ask({ do: 'confirm', id: 'a' }, later));
  assert.equal([late?.kind, late?.kind === 'confirmed' && late.numbers], ['confirmed', [1]]);
  // A new one is refused, and its money owed.
  const fresh = recordOf(ask({ do: 'confirm', id: 'b', item: 'print' }, later));
  assert.equal([fresh?.kind, fresh?.kind === 'refused' && fresh.isPaid], ['refused', true]);
});

test('what was refused while the window was shut is refused when it is paid for, too', () => {
  const { ask } = seller();
  const shut: Shop = {
    ...FRIDAY,
    articles: [article('print', { collector: true })],
    isWindowOpen: false,
  };
  const refused = recordOf(ask({ do: 'reserve', id: 'a', item: 'print' }, shut));
  assert.equal([refused?.kind, refused?.kind === 'refused' && refused.isPaid], ['refused', false]);
  const paid = recordOf(ask({ do: 'confirm', id: 'a' }, shut));
  assert.equal(paid?.kind === 'refused' && [paid.reason, paid.isPaid], ['closed', true]);
});

test('what was sent before a cancellation, and comes after it, changes nothing', () => {
  const { book, ask } = seller();
  ask({ do: 'reserve', id: 'a', item: 'print', sentMs: 100 });
  ask({ do: 'cancel', id: 'a', sentMs: 300 });
  assert.ok('stale' in ask({ do: 'confirm', id: 'a', sentMs: 200 }));
  assert.is(book.find('a')?.kind, 'void');
  // Paid after it, its money is owed.
  assert.is(recordOf(ask({ do: 'confirm', id: 'a', sentMs: 400 }))?.kind, 'refused');
  assert.is(book.totals.refunds, 1);
});

test('what is owed is what was paid, and not the price', () => {
  const { ask } = seller();
  const low = { do: 'confirm', amount: 1999, currency: 'EUR', item: 'print' } as const;
  ask({ do: 'reserve', id: 'b', item: 'print' });
  for (const id of ['a', 'b']) {
    const refused = recordOf(ask({ ...low, id }));
    assert.ok(refused?.kind === 'refused' && refused.isPaid);
    assert.equal([refused.amount, refused.currency, refused.reason], [1999, 'EUR', 'price']);
  }
  // By MQTT, without an amount: the price was not taken in this currency.
  const other = recordOf(ask({ do: 'confirm', id: 'c', item: 'print', currency: 'USD' }));
  assert.ok(other?.kind === 'refused' && other.reason === 'price');
  assert.is(recordOf(ask({ ...low, id: 'd', amount: 2500 }))?.kind, 'confirmed');
});

test('a payment that is delivered again after its order was cancelled is not owed once more', () => {
  const { book, ask } = seller();
  const payment = { do: 'confirm', item: 'print', sentMs: 100 } as const;
  ask({ ...payment, id: 'sold' });
  ask({ ...payment, id: 'gone' }, { ...FRIDAY, articles: [article('print', { stock: 0 })] });
  assert.is(book.totals.refunds, 1);
  // By a person, once the money is back: without a time of the payment service.
  for (const id of ['sold', 'gone']) ask({ do: 'cancel', id, source: 'cash' });
  for (const id of ['sold', 'gone']) assert.ok('repeat' in ask({ ...payment, id }));
  assert.is(book.totals.refunds, 0);
  ask({ ...payment, id: 'sold', sentMs: 101 });
  assert.is(book.totals.refunds, 1);
});

test('a cancellation holds for one order: not for another under its id, nor until a late payment', () => {
  const { book, ask } = seller();
  ask({ do: 'confirm', id: 'a', item: 'badge', quantity: 2 });
  for (const other of [{ quantity: 1 }, { item: 'print' }]) {
    const decision = ask({ do: 'cancel', id: 'a', ...other });
    assert.is('invalid' in decision && decision.invalid, 'order a is another one: 2 × badge');
  }
  ask({ do: 'reserve', id: 'b', item: 'print' });
  book.apply({ kind: 'void', id: 'b', atMs: 1, reason: 'time-out' });
  ask({ do: 'cancel', id: 'b' });
  const paid = recordOf(ask({ do: 'confirm', id: 'b' }));
  assert.equal(paid?.kind === 'refused' && [paid.reason, paid.isPaid], ['cancelled', true]);
});

test('an order that has changed since a person saw it is not cancelled, and without that it is', () => {
  const { book, ask } = seller();
  ask({ do: 'reserve', id: 'a', item: 'print' });
  ask({ do: 'confirm', id: 'a' });
  const cancel = { do: 'cancel', id: 'a', source: 'cash' } as const;
  for (const was of ['pending', 'refused', 'void'] as const) {
    assert.ok('stale' in ask({ ...cancel, was }), was);
    assert.is(book.find('a')?.kind, 'confirmed');
  }
  assert.ok('stale' in ask({ ...cancel, id: 'b', was: 'pending' }));
  assert.is(recordOf(ask({ ...cancel, was: 'confirmed' }))?.kind, 'void');
  // By two people at once: once.
  assert.ok('repeat' in ask({ ...cancel, was: 'confirmed' }));
  ask({ do: 'confirm', id: 'c', item: 'print' });
  assert.is(recordOf(ask({ ...cancel, id: 'c' }))?.kind, 'void');
});

test('a cancelled order is never confirmed again, whatever was asked for it in between', () => {
  const { book, ask } = seller();
  const payment = { do: 'confirm', id: 'a', item: 'print', sentMs: 100 } as const;
  ask(payment);
  ask({ do: 'cancel', id: 'a', source: 'cash' });
  for (const source of ['cash', 'cli'] as const) {
    assert.ok('repeat' in ask({ do: 'confirm', id: 'a', source }));
  }
  assert.ok('repeat' in ask(payment));
  assert.equal([book.find('a')?.kind, book.totals.refunds], ['void', 0]);
});

test('a ledger that has a cancelled order as refused does not confirm it, and owes what is paid', () => {
  const { book, ask } = seller();
  const facts = { drop: 'friday', item: 'print', title: 'Print', quantity: 1, amount: 2500 };
  const more = { currency: 'EUR', source: 'cash', sentMs: 100, atMs: 1 } as const;
  const refusal = { reason: 'cancelled', isPaid: false } as const;
  book.apply({ kind: 'refused', id: 'a', ...facts, ...more, ...refusal });
  assert.ok('repeat' in ask({ do: 'confirm', id: 'a', source: 'cash' }));
  const paid = recordOf(ask({ do: 'confirm', id: 'a', sentMs: 100 }));
  assert.equal(paid?.kind === 'refused' && [paid.reason, paid.isPaid], ['cancelled', true]);
});

test('who pays when the drop has just ended gets his money back, and in cash nobody pays for nothing', () => {
  const { book, ask } = seller();
  ask({ do: 'confirm', id: 'a', item: 'print' });
  const next = { ...FRIDAY, drop: 'sunday', articles: [article('tee')] };
  const payment = { do: 'confirm', item: 'print', amount: 2500, currency: 'EUR' } as const;
  const late = recordOf(ask({ ...payment, id: 'b' }, next));
  assert.ok(late?.kind === 'refused' && late.isPaid && late.reason === 'closed');
  assert.equal([late.drop, late.title, late.amount], ['friday', 'Article print', 2500]);
  for (const source of ['cash', 'cli'] as const) {
    assert.ok('invalid' in ask({ ...payment, id: source, source }, next));
  }
  assert.ok('invalid' in ask({ ...payment, id: 'c', item: 'cap' }, next));
  assert.ok('invalid' in ask({ ...payment, do: 'reserve', id: 'd' }, next));
  assert.is(book.totals.refunds, 1);
});

test('more pieces than an order may have by now are owed, where they are paid', () => {
  const { book, ask } = seller();
  const payment = { do: 'confirm', item: 'badge', quantity: 4 } as const;
  const late = recordOf(ask({ ...payment, id: 'a' }));
  assert.ok(late?.kind === 'refused' && late.isPaid);
  assert.equal([late.reason, late.quantity, late.amount], ['closed', 4, 10_000]);
  for (const quantity of [0, 0.5, 1.5]) {
    assert.ok('invalid' in ask({ ...payment, id: 'b', quantity }));
  }
  assert.ok('invalid' in ask({ ...payment, id: 'b', source: 'cash' }));
  assert.is(book.totals.refunds, 1);
});

test('what is paid after its cancellation came first is owed, though it is sold no more', () => {
  const { book, ask } = seller();
  ask({ do: 'confirm', id: 'a', item: 'print' });
  for (const id of ['b', 'c', 'd']) ask({ do: 'cancel', id });
  const gone = { ...FRIDAY, articles: [article('badge', { max_per_order: 1 })] };
  const paid = [
    ask({ do: 'confirm', id: 'b', item: 'print', amount: 1, currency: 'EUR' }, gone),
    ask({ do: 'confirm', id: 'c', item: 'badge', quantity: 2 }, gone),
  ].map(recordOf);
  for (const one of paid) assert.is(one?.kind === 'refused' && one.reason, 'cancelled');
  assert.ok('invalid' in ask({ do: 'confirm', id: 'd', item: 'cap' }, gone));
  assert.is(book.totals.refunds, 2);
});

test('what is owed for an article that is gone is its last price, where no amount is told', () => {
  const { ask } = seller();
  ask({ do: 'confirm', id: 'a', item: 'badge', quantity: 2 });
  const payment = { do: 'confirm', item: 'badge', source: 'mqtt' } as const;
  const gone = { ...FRIDAY, articles: [] };
  const owed = [
    ask({ ...payment, id: 'b', quantity: 3 }, gone),
    ask({ ...payment, id: 'c', amount: 9, currency: 'USD' }, gone),
  ].map(recordOf);
  assert.equal(
    owed.map((one) => one?.kind === 'refused' && one.isPaid && [one.amount, one.currency]),
    [
      [7500, 'EUR'],
      [9, 'USD'],
    ],
  );
});

test('money for what is sold no more is owed: another drop, or an article that is gone', () => {
  for (const now of [
    { ...FRIDAY, drop: 'sunday' },
    { ...FRIDAY, articles: [] },
  ]) {
    const { book, ask } = seller();
    ask({ do: 'reserve', id: 'a', item: 'print' });
    book.apply({ kind: 'void', id: 'a', atMs: 1, reason: 'time-out' });
    const paid = recordOf(ask({ do: 'confirm', id: 'a' }, now));
    assert.equal(paid?.kind === 'refused' && [paid.reason, paid.isPaid], ['closed', true]);
    assert.is(book.totals.refunds, 1);
    // Told again, it is owed once.
    assert.ok('repeat' in ask({ do: 'confirm', id: 'a' }, now));
    assert.is(book.totals.refunds, 1);
  }
});

test.run();
