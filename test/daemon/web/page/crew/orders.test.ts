/** The crew's list of orders: when an open one is read again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderEntry, ShopState } from '../../../../../daemon/model/orders.ts';
import { keyOf, shownKey } from '../../../../../daemon/web/page/crew/orders.ts';

const test = suite('list of orders');

const SHOP: ShopState = {
  ...{ drop: 'friday', articles: [], sales: { orders: 0, pieces: 0, amounts: [] } },
  totals: { pending: 0, confirmed: 1, void: 0, refused: 0, refunds: 0 },
};

test('an open list is read again for another order, and for a payment that fits none', () => {
  const payment = { order: 'a', item: 'pirnt', quantity: 1, atMs: 0 };
  const others: readonly ShopState[] = [
    { ...SHOP, totals: { ...SHOP.totals, void: 1 } },
    { ...SHOP, unmatched: [payment], unmatchedCounts: { known: 0, unknown: 1 } },
    { ...SHOP, unmatched: [payment], unmatchedCounts: { known: 0, unknown: 2 } },
  ];
  assert.is(new Set([SHOP, ...others].map(shownKey)).size, 4);
  assert.is(shownKey({ ...SHOP, drop: 'saturday' }), shownKey(SHOP));
});

test('each row of one id is another one: the order, its payment that is not taken, and another payment', () => {
  const order: OrderEntry = { id: 'a', state: 'void', isOwed: false, numbers: [], atMs: 0 };
  const payment: OrderEntry = { ...order, state: 'refused', isOwed: true };
  const others = [2500, 3000].map((amount) => ({ ...payment, isOther: true, amount }));
  const rows = [order, payment, { ...payment, amount: 2500 }, ...others, { ...payment, id: 'b' }];
  assert.is(new Set(rows.map(keyOf)).size, rows.length);
  assert.is(keyOf({ ...order, state: 'confirmed' }), keyOf(order), 'a row follows its order');
});

test.run();
