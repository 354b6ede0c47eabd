/** What becomes of orders: numbers, stock, time limits, repeats, refusals. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderOutcome } from '../../../daemon/model/orders.ts';
import { article, openShop, PENDING_MS, paid, reserve, scratchFolder } from './support/shop.ts';

const test = suite('order service');

const EDITION = article('print', { edition: 3 });
const TEE = article('tee', { stock: 2, price: 3000 });

const numbersOf = (outcome: OrderOutcome) =>
  outcome.status === 'confirmed' ? outcome.numbers : outcome.status;

test('paid orders of an edition are numbered from 1, and the rest are refused', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION]);
  const ids = ['a', 'b', 'c', 'd'];
  const outcomes = await Promise.all(ids.map((id) => shop.service.take(paid(id))));
  assert.equal(outcomes.map(numbersOf), [[1], [2], [3], 'refused']);
  const [, , , last] = outcomes;
  assert.ok(last?.status === 'refused' && last.isPaid && last.reason === 'sold-out');
  assert.is(shop.service.state()?.totals.refunds, 1);
  await shop.announced();
  assert.equal(
    shop.confirmed.map(({ orderId, numbers }) => [orderId, numbers]),
    [
      ['a', [1]],
      ['b', [2]],
      ['c', [3]],
    ],
  );
  assert.equal(
    shop.events.map(({ type }) => type),
    ['order.confirmed', 'order.confirmed', 'order.confirmed', 'order.refused'],
  );
});

test('the same order twice is one order, also after a restart', async () => {
  using folder = scratchFolder();
  {
    await using shop = await openShop(folder.path, [EDITION]);
    const twice = await Promise.all([shop.service.take(paid('a')), shop.service.take(paid('a'))]);
    assert.equal(twice.map(numbersOf), [[1], [1]]);
    await shop.announced();
    assert.is(shop.confirmed.length, 1);
  }
  await using again = await openShop(folder.path, [EDITION]);
  assert.equal(numbersOf(await again.service.take(paid('a'))), [1]);
  assert.equal(numbersOf(await again.service.take(paid('b'))), [2]);
  assert.equal(
    again.service.confirmedAfter(0, 10).map(({ orderId }) => orderId),
    ['a', 'b'],
  );
  assert.equal(
    again.service.confirmedAfter(1, 10).map(({ seq }) => seq),
    [2],
  );
});

test('an order id cannot become another order', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION, TEE]);
  await shop.service.take(reserve('a'));
  const other = await shop.service.take(paid('a', 'tee'));
  assert.equal(other, { status: 'invalid', detail: 'order a is another one: 1 × print' });
});

test('unpaid orders reserve pieces until their time is over', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [TEE]);
  await shop.service.take(reserve('a', 'tee', { quantity: 2 }));
  assert.is((await shop.service.take(paid('b', 'tee'))).status, 'refused');
  await shop.clock.advance(PENDING_MS - 1);
  assert.is(shop.service.state()?.articles[0]?.left, 0);
  await shop.clock.advance(2_000);
  assert.is(shop.service.state()?.articles[0]?.left, 2);
  assert.is((await shop.service.take(paid('c', 'tee'))).status, 'confirmed');
});

test('a payment after the time limit gets pieces that are left, and else its money back', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [TEE]);
  await shop.service.take(reserve('late', 'tee'));
  await shop.service.take(reserve('later', 'tee'));
  await shop.clock.advance(PENDING_MS + 2_000);
  assert.is((await shop.service.take(paid('other', 'tee'))).status, 'confirmed');
  assert.is((await shop.service.take(paid('late', 'tee'))).status, 'confirmed');
  const refused = await shop.service.take(paid('later', 'tee'));
  assert.ok(refused.status === 'refused' && refused.isPaid);
});

test('a payment for an earlier drop after its time limit gets its money back', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION]);
  await shop.service.take(reserve('late'));
  await shop.clock.advance(PENDING_MS + 2_000);
  for (let i = 0; i < (EDITION.edition ?? 0); i += 1) await shop.service.take(paid(`other-${i}`));
  shop.catalogue = { drop: 'saturday', articles: [EDITION] };
  const refused = await shop.service.take(paid('late'));
  assert.ok(refused.status === 'refused' && refused.isPaid);
  assert.is(shop.service.state()?.articles[0]?.left, EDITION.edition);
});

test('the time limit goes on over a restart, and never beyond its length', async () => {
  using folder = scratchFolder();
  let clock: Awaited<ReturnType<typeof openShop>>['clock'];
  {
    await using shop = await openShop(folder.path, [TEE]);
    clock = shop.clock;
    await shop.service.take(reserve('a', 'tee'));
    await clock.advance(PENDING_MS / 2);
  }
  await using again = await openShop(folder.path, [TEE], clock);
  await clock.advance(PENDING_MS / 2 + 2_000);
  assert.is(again.service.state()?.totals.pending, 0);
});

test('a price is that of the reservation, and an amount below it is refused', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [TEE]);
  await shop.service.take(reserve('a', 'tee'));
  shop.catalogue = { ...shop.catalogue, articles: [{ ...TEE, price: 9000 }] };
  const pay = { amount: 3000, currency: 'EUR' };
  assert.is((await shop.service.take(paid('a', 'tee', pay))).status, 'confirmed');
  for (const wrong of [pay, { amount: 9000, currency: 'USD' }, { amount: 9000 }]) {
    const outcome = await shop.service.take(paid(`b${JSON.stringify(wrong).length}`, 'tee', wrong));
    assert.ok(outcome.status === 'refused' && outcome.reason === 'price', JSON.stringify(wrong));
  }
});

test('a cancelled order stays cancelled, whatever comes later', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [TEE]);
  await shop.service.take({ do: 'cancel', id: 'a', source: 'webhook' });
  assert.is((await shop.service.take(reserve('a', 'tee'))).status, 'void');
  const late = await shop.service.take(paid('a', 'tee'));
  assert.ok(late.status === 'refused' && late.reason === 'cancelled' && late.isPaid);
  assert.is(shop.service.state()?.articles[0]?.left, 2);
});

test('a stub is printed for a confirmed order only, and for one that this ledger does not know', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [TEE]);
  await shop.service.take(paid('sold', 'tee'));
  await shop.service.take(paid('gone', 'tee'));
  await shop.service.take({ do: 'cancel', id: 'gone', source: 'cash' });
  assert.is(shop.service.isVoid('gone'), true);
  // Paid after that it is refused, and still worth nothing.
  assert.is((await shop.service.take(paid('gone', 'tee'))).status, 'refused');
  assert.equal(
    ['sold', 'gone', 'unknown'].map((id) => shop.service.isVoid(id)),
    [false, true, false],
  );
});

test('a cancelled number is not given out again, and cancelled stock is sold again', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION, TEE]);
  for (const id of ['a', 'b', 'c']) await shop.service.take(paid(id));
  await shop.service.take({ do: 'cancel', id: 'b', source: 'cash' });
  assert.is(numbersOf(await shop.service.take(paid('d'))), 'refused');
  await shop.service.take(paid('t', 'tee', { quantity: 2 }));
  await shop.service.take({ do: 'cancel', id: 't', source: 'cash' });
  assert.is((await shop.service.take(paid('u', 'tee'))).status, 'confirmed');
  assert.equal(
    shop.service.confirmedAfter(0, 9).map(({ orderId }) => orderId),
    ['a', 'c', 'u'],
  );
});

test('what no catalogue has is invalid, and nothing of it is kept', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [TEE]);
  const unknown = await shop.service.take(paid('a', 'cap'));
  assert.equal(unknown, { status: 'invalid', detail: 'unknown item cap; there are: tee' });
  const many = await shop.service.take(reserve('a', 'tee', { quantity: 11 }));
  assert.equal(many, { status: 'invalid', detail: 'quantity must be 1 to 10' });
  assert.is((await shop.service.take(paid('a', 'tee'))).status, 'confirmed');
});

test('editions count from 1 again in another drop', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION]);
  await shop.service.take(paid('a'));
  shop.catalogue = { drop: 'saturday', articles: [EDITION] };
  assert.equal(numbersOf(await shop.service.take(paid('b'))), [1]);
  shop.catalogue = { drop: 'friday', articles: [EDITION] };
  assert.equal(numbersOf(await shop.service.take(paid('c'))), [2]);
});

test('a payment for what is not on sale is reported until it is taken or its money is back', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION]);
  const { service, events } = shop;
  const typo = paid('a', 'pirnt', { amount: 2500, currency: 'EUR' });
  const early = paid('b', 'later');
  for (const request of [typo, typo, early])
    assert.is((await service.take(request)).status, 'invalid');
  assert.equal(
    events.map(({ type, data }) => [type, data['order'], data['item'], data['amount']]),
    [
      ['order.unmatched', 'a', 'pirnt', 2500],
      ['order.unmatched', 'b', 'later', undefined],
    ],
  );
  assert.equal(
    service.state()?.unmatched?.map(({ order }) => order),
    ['a', 'b'],
  );
  const [row] = service.newest(9);
  assert.equal([row?.id, row?.state, row?.isOwed, row?.item], ['a', 'refused', true, 'pirnt']);
  // The crew gives it back, as it sees it in the list; it may be sent again after that.
  assert.is(
    (await service.take({ do: 'cancel', id: 'a', was: 'refused', source: 'cli' })).status,
    'void',
  );
  await service.take(typo);
  shop.catalogue = { ...shop.catalogue, articles: [EDITION, article('later')] };
  assert.is((await service.take(early)).status, 'confirmed');
  assert.is(service.state()?.unmatched, undefined);
});

test('a payment for another item under a known id is reported, and not cancelled as if it were new', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION, TEE]);
  await shop.service.take(paid('a'));
  await shop.service.take(paid('a', 'tee'));
  assert.is(shop.service.state()?.unmatched?.length, 1);
  assert.is(shop.service.newest(9).length, 2);
  const cancel = { do: 'cancel', id: 'a', was: 'refused', source: 'cli' } as const;
  assert.is((await shop.service.take(cancel)).status, 'stale');
});

test('in cash nothing is owed for what is not on sale', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [EDITION]);
  await shop.service.take(paid('a', 'pirnt', { source: 'cash' }));
  await shop.service.take(reserve('b', 'pirnt'));
  assert.equal([shop.events, shop.service.state()?.unmatched], [[], undefined]);
});

test.run();
