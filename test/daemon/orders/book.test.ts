/** The list of orders: the newest of many, and all of them as a table. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderEntry } from '../../../daemon/model/orders.ts';
import { Book, type OrderState } from '../../../daemon/orders/book.ts';
import { renderCsv } from '../../../daemon/orders/csv.ts';
import { finder } from '../../../daemon/orders/outcome.ts';
import type { OrderRecord } from '../../../daemon/orders/record.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('list of orders');

function recordOf(i: number, atMs: number, isOwed: boolean, currency = 'EUR'): OrderRecord {
  const facts = { drop: 'friday', item: 'tee', title: 'Tee', quantity: 1, amount: 2500 };
  const more = { id: `o${i}`, currency, source: 'cash', atMs, ...facts } as const;
  return isOwed
    ? { kind: 'refused', ...more, reason: 'closed', isPaid: true }
    : { kind: 'confirmed', ...more, numbers: [] };
}

const isOwed = (one: OrderState) => one.kind === 'refused' && one.isPaid;

test('what is owed comes first, then what changed last, whatever the clock said', () => {
  const random = seeded(11);
  for (let round = 0; round < 200; round += 1) {
    const book = new Book();
    let all: readonly OrderState[] = [];
    const count = Math.floor(random() * 40);
    for (let n = 0; n < count; n += 1) {
      const i = Math.floor(random() * 30);
      // The clock is set while orders come.
      const one = book.apply(recordOf(i, Math.floor(random() * 20), random() < 0.2));
      all = [...all.filter(({ id }) => id !== one.id), one];
    }
    assert.equal([...book.all()], all);
    const others = all.filter((one) => !isOwed(one)).toReversed();
    const max = Math.floor(random() * 12);
    assert.equal(book.newest(max), [...all.filter(isOwed), ...others].slice(0, max));
  }
});

test('any order is found by its id, its buyer or the number of a piece, however old it is', () => {
  const found = (words: string) => {
    const isFound = finder(words);
    return ORDERS.filter(isFound).map(({ id }) => id);
  };
  const order = { state: 'confirmed', isOwed: false, atMs: 0 } as const;
  const ORDERS: readonly OrderEntry[] = [
    { ...order, id: 'cs_7a17', name: 'Ada Lovelace', numbers: [12] },
    { ...order, id: 'cash-x1', name: 'Émile', numbers: [7, 8] },
    { ...order, id: 'cs_8b2', numbers: [1200] },
    { ...order, id: '42', name: 'Grace', numbers: [] },
  ];
  assert.equal(found('7'), ['cash-x1'], 'a number, and not what an id has in it');
  assert.equal(found('1200'), ['cs_8b2']);
  assert.equal(found('LOVELACE ada'), ['cs_7a17']);
  assert.equal(found('émile 8'), ['cash-x1']);
  assert.equal(found('CS_'), ['cs_7a17', 'cs_8b2']);
  assert.equal([found('émile 9'), found('  ').length], [[], 4]);
  assert.equal([found('42'), found('4')], [['42'], []], 'so short an id is found as a whole');
});

test('a search looks through all orders, and what is owed comes first in it too', () => {
  const book = new Book();
  for (let i = 0; i < 600; i += 1) book.apply(recordOf(i, i, i === 5));
  const isWanted = ({ id }: OrderState) => /^o\d$/.test(id);
  assert.equal(
    book.newest(3, isWanted).map(({ id }) => id),
    ['o5', 'o9', 'o8'],
  );
});

test('the table has each amount in its currency', () => {
  const currencies = ['CHF', 'JPY', 'KWD', 'HUF'];
  const orders = currencies.map((currency, i) => recordOf(i, 0, true, currency));
  const table = renderCsv(orders as OrderState[]);
  for (const amount of ['"25.00","CHF"', '"2500","JPY"', '"2.500","KWD"', '"25.00","HUF"']) {
    assert.ok(table.includes(amount), amount);
  }
});

test.run();
