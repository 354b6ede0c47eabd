/** Payments that fit nothing on sale: given back once, told once, and no order is hidden by them. */
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPayload } from '../../../../daemon/orders/webhook/payload.ts';
import { article, openShop, paid, reserve, type Shop, scratchFolder } from '../support/shop.ts';

const test = suite('unmatched payments');

const PRINT = article('print');
const MONEY = { amount: 2500, currency: 'EUR' };
const MORE = { amount: 3000, currency: 'EUR' };
const cancel = (id: string, was?: 'refused' | 'unmatched', money = {}) =>
  ({ do: 'cancel', id, ...(was && { was }), ...money, source: 'cli' }) as const;
/** Amounts of the crew's rows. */
const owed = ({ service }: Shop) =>
  service.newest(9).flatMap((one) => (one.isOwed ? one.amount : []));

test('what was given back is not owed again, also once its item is on sale and after a restart', async () => {
  using folder = scratchFolder();
  {
    await using shop = await openShop(folder.path, [PRINT]);
    await shop.service.take(paid('a', 'later', MONEY));
    assert.is((await shop.service.take(cancel('a', 'refused'))).status, 'void');
    // Its sender need not try again.
    assert.is((await shop.service.take(paid('a', 'later', MONEY))).status, 'void');
    const broken = { ...paid('a', 'later', MONEY), fault: 'quantity must be a number' };
    assert.is((await shop.service.take(broken)).status, 'void');
  }
  await using shop = await openShop(folder.path, [PRINT, article('later')]);
  assert.is((await shop.service.take(paid('a', 'later', MONEY))).status, 'void');
  const state = shop.service.state();
  assert.equal([state?.totals.refunds, state?.unmatched], [0, undefined]);
});

test('a payment for what was cancelled unpaid, and is not on sale, is reported and can be given back', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  await shop.service.take(cancel('a'));
  assert.is((await shop.service.take(paid('a', 'pirnt', MONEY))).status, 'invalid');
  assert.is(shop.service.newest(9)[0]?.isOwed, true);
  await shop.service.take(cancel('a', 'refused'));
  assert.is((await shop.service.take(paid('a', 'pirnt', MONEY))).status, 'void');
  assert.is(shop.service.state()?.unmatched, undefined);
});

test('another payment stays until it is settled itself, whatever becomes of the order', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT, article('tee')]);
  const { service } = shop;
  // With the money of the order that of the other one is not back.
  await service.take(paid('a'));
  await service.take(paid('a', 'tee'));
  assert.is((await service.take(cancel('a'))).status, 'void');
  assert.is((await service.take(paid('a', 'tee'))).status, 'invalid');
  await service.take(cancel('a'));
  await service.take(reserve('b'));
  await service.take(paid('b', 'tee'));
  assert.is((await service.take(paid('b'))).status, 'confirmed');
  assert.is(service.state()?.unmatchedCounts?.known, 2);
  for (const id of ['a', 'b']) {
    assert.is((await service.take(cancel(id, 'unmatched'))).status, 'settled');
    assert.is((await service.take(paid(id, 'tee'))).status, 'settled');
  }
  assert.is(service.state()?.unmatched, undefined);
});

test('several payments under an id that is no order are listed each, and given back once each, over restarts', async () => {
  using folder = scratchFolder();
  const payments = [paid('a', 'later', MONEY), paid('a', 'later', MORE)] as const;
  {
    await using shop = await openShop(folder.path, [PRINT]);
    for (const one of [...payments, ...payments]) {
      assert.is((await shop.service.take(one)).status, 'invalid');
    }
    assert.equal([owed(shop), shop.events.length], [[2500, 3000], 2]);
  }
  {
    await using shop = await openShop(folder.path, [PRINT]);
    assert.equal(owed(shop), [2500, 3000]);
    assert.is((await shop.service.take(cancel('a', 'refused', MORE))).status, 'void');
    // With that nothing is said of the other, also where its sender tries again.
    assert.is((await shop.service.take(payments[1])).status, 'void');
    assert.is((await shop.service.take(payments[0])).status, 'invalid');
    const isTold = shop.events.some(({ type }) => type === 'order.unmatched');
    assert.equal([owed(shop), isTold], [[2500], false]);
  }
  await using shop = await openShop(folder.path, [PRINT]);
  assert.is((await shop.service.take(cancel('a', 'unmatched', MONEY))).status, 'settled');
  assert.is((await shop.service.take(cancel('a', 'unmatched', MONEY))).status, 'stale');
  for (const one of payments) assert.is.not((await shop.service.take(one)).status, 'invalid');
  assert.equal(owed(shop), []);
});

test('another payment that comes after the first one went back is listed', async () => {
  using folder = scratchFolder();
  {
    await using shop = await openShop(folder.path, [PRINT]);
    await shop.service.take(paid('a', 'later', MONEY));
    await shop.service.take(cancel('a', 'refused'));
  }
  await using shop = await openShop(folder.path, [PRINT, article('later')]);
  assert.is((await shop.service.take(paid('a', 'later', MORE))).status, 'invalid');
  assert.is((await shop.service.take(paid('a', 'later', MONEY))).status, 'void');
  assert.equal(owed(shop), [3000]);
  assert.is((await shop.service.take(cancel('a', 'unmatched'))).status, 'settled');
});

test('where one of several payments is taken after all, the others stay', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  const { service } = shop;
  for (const money of [MONEY, MORE]) await service.take(paid('a', 'pirnt', money));
  assert.is((await service.take(paid('a', 'print', MONEY))).status, 'confirmed');
  assert.equal([owed(shop), service.state()?.unmatchedCounts], [[3000], { known: 1, unknown: 0 }]);
  assert.is((await service.take(cancel('a', 'unmatched', MORE))).status, 'settled');
  assert.is(service.state()?.totals.confirmed, 1);
});

test('other payments of an order, and those that went back, are known after a restart', async () => {
  using folder = scratchFolder();
  {
    await using shop = await openShop(folder.path, [PRINT, article('tee')]);
    await shop.service.take(paid('a'));
    for (const money of [MONEY, MORE]) await shop.service.take(paid('a', 'tee', money));
    assert.equal(owed(shop), [2500, 3000]);
    assert.is((await shop.service.take(cancel('a', 'unmatched', MORE))).status, 'settled');
  }
  await using shop = await openShop(folder.path, [PRINT, article('tee')]);
  assert.equal(owed(shop), [2500]);
  assert.is((await shop.service.take(paid('a', 'tee', MORE))).status, 'settled');
  assert.equal([owed(shop), shop.events], [[2500], []]);
});

test('another payment that comes after the order was cancelled is told', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT, article('tee')]);
  await shop.service.take(paid('a'));
  await shop.service.take(reserve('b'));
  for (const id of ['a', 'b']) {
    await shop.service.take(cancel(id));
    assert.is((await shop.service.take(paid(id, 'tee'))).status, 'invalid');
  }
  assert.is(shop.service.state()?.unmatchedCounts?.known, 2);
});

test('of several other payments under one id each is told, one after another', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT, article('tee'), article('hat')]);
  const { service } = shop;
  await service.take(paid('a'));
  for (const item of ['tee', 'hat']) {
    assert.is((await service.take(paid('a', item, MONEY))).status, 'invalid');
    assert.is(service.state()?.unmatched?.[0]?.item, item);
    await service.take(cancel('a', 'unmatched'));
    assert.is((await service.take(paid('a', item, MONEY))).status, 'settled');
  }
  assert.is((await service.take(paid('a', 'tee', { ...MONEY, amount: 5000 }))).status, 'invalid');
});

test('200 payments with a mistake are told once each, counted, found, and hide no order', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  await shop.service.take(paid('good'));
  const ids = Array.from({ length: 200 }, (_, i) => `bad-${i}`);
  for (const id of [...ids, ...ids]) await shop.service.take(paid(id, 'pirnt'));
  const told = shop.events.filter(({ type }) => type === 'order.unmatched');
  assert.is(told.length, 200);
  const { unmatched, unmatchedCounts } = shop.service.state() ?? {};
  assert.equal([unmatched?.length, unmatchedCounts], [50, { known: 0, unknown: 200 }]);
  const rows = shop.service.newest(50).map(({ id }) => id);
  assert.equal([rows.length, rows.at(-1)], [11, 'good']);
  const found = shop.service.newest(50, 'bad-199').map(({ id }) => id);
  assert.equal(found, ['bad-199']);
});

test('of another payment under the id of an order the crew is told, and it keeps the order', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT, article('tee')]);
  await shop.service.take(paid('a'));
  assert.is((await shop.service.take(paid('a', 'tee', MONEY))).status, 'invalid');
  // The order's own message comes again: it does not settle the other.
  await shop.service.take(paid('a'));
  const rows = shop.service.newest(9).map(({ id, state, isOther }) => [id, state, isOther]);
  assert.equal(rows, [
    ['a', 'refused', true],
    ['a', 'confirmed', undefined],
  ]);
  assert.is((await shop.service.take(cancel('a', 'refused'))).status, 'stale');
  assert.is((await shop.service.take(cancel('a', 'unmatched'))).status, 'settled');
  assert.is((await shop.service.take(cancel('a', 'unmatched'))).status, 'stale');
  assert.is((await shop.service.take(paid('a', 'tee', MONEY))).status, 'settled');
  const now = shop.service.state();
  assert.equal([now?.unmatched, now?.totals.confirmed], [undefined, 1]);
});

test('a payment that is malformed is told with what is wrong with it', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  const data = { order: 'a', item: 'print', quantity: 'two', ...MONEY };
  const event = { type: 'order.paid', timestamp: '2026-01-01T00:00:00Z', data };
  const payload = readPayload('standard', Buffer.from(JSON.stringify(event)));
  assert.ok('paid' in payload && payload.paid !== undefined);
  await shop.service.take(payload.paid);
  assert.is(shop.events[0]?.data['reason'], payload.fault);
  assert.match(payload.fault, /^data\.quantity: /);
});

/** A message of the shop that was paid, with a field that the box does not take. */
function malformed(order: string, more: Readonly<Record<string, unknown>> = {}) {
  const data = { order, item: 'print', ...MONEY, seat: 12, ...more };
  const event = { type: 'order.paid', timestamp: '2026-01-01T00:00:00Z', data };
  const payload = readPayload('standard', Buffer.from(JSON.stringify(event)));
  assert.ok('paid' in payload && payload.paid !== undefined);
  return payload.paid;
}

test('the payment of an order that comes again with a mistake is no other payment', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT, article('tee')]);
  const { service } = shop;
  await service.take(paid('a', 'print', MONEY));
  for (const same of [{}, { item: undefined }, { amount: 3000 }, { quantity: 1 }]) {
    assert.is((await service.take(malformed('a', same))).status, 'invalid');
  }
  assert.equal([service.state()?.unmatched, shop.events], [undefined, []]);
  const others = [{ item: 'tee' }, { quantity: 2 }, { amount: 1000 }, { currency: 'USD' }];
  for (const [i, other] of others.entries()) {
    await service.take(paid(`b${i}`, 'print', MONEY));
    await service.take(malformed(`b${i}`, other));
  }
  assert.equal(service.state()?.unmatchedCounts, { known: others.length, unknown: 0 });
});

test('a malformed payment of an order that is not paid is its own, until one is taken', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  const { service } = shop;
  await service.take(reserve('a'));
  await service.take(malformed('a'));
  await service.take(reserve('a'));
  assert.equal(service.state()?.unmatchedCounts, { known: 0, unknown: 1 });
  assert.is((await service.take(paid('a', 'print', MONEY))).status, 'confirmed');
  assert.is(service.state()?.unmatched, undefined);
  // Its buyer gets the money back instead.
  await service.take(reserve('b'));
  await service.take(malformed('b'));
  assert.is((await service.take(cancel('b', 'refused'))).status, 'void');
  assert.is((await service.take(malformed('b'))).status, 'void');
  assert.is(service.state()?.unmatched, undefined);
});

test('a full list is said: it takes no other payment until one of it is settled', async () => {
  using folder = scratchFolder();
  const kept = { item: 'later', quantity: 1, atMs: 0 };
  const open = Array.from({ length: 999 }, (_, i) => ({ order: `bad-${i}`, ...kept }));
  writeFileSync(join(folder.path, 'unmatched.json'), JSON.stringify({ open, back: [] }));
  await using shop = await openShop(folder.path, [PRINT]);
  const { service } = shop;
  const counts = () => service.state()?.unmatchedCounts;
  assert.equal(counts(), { known: 0, unknown: 999 });
  for (const id of ['last', 'further']) await service.take(paid(id, 'later'));
  assert.equal(counts(), { known: 0, unknown: 1000, isFull: true });
  await service.take(cancel('bad-0', 'refused'));
  assert.equal(counts(), { known: 0, unknown: 999 });
  await service.take(paid('further', 'later'));
  assert.equal(counts(), { known: 0, unknown: 1000, isFull: true });
});

test('a list that the disk did not give at the start is read before the next payment joins it', async () => {
  using folder = scratchFolder();
  const path = join(folder.path, 'unmatched.json');
  {
    await using shop = await openShop(folder.path, [PRINT]);
    await shop.service.take(paid('a', 'later', MONEY));
  }
  renameSync(path, `${path}-kept`);
  // Linux has EIO for address 0 of a process.
  symlinkSync('/proc/self/mem', path);
  await using shop = await openShop(folder.path, [PRINT]);
  renameSync(`${path}-kept`, path);
  await shop.service.take(paid('b', 'later', MORE));
  assert.equal(owed(shop), [2500, 3000]);
});

test('a list that the disk did not give at the start is read without any other payment', async () => {
  using folder = scratchFolder();
  const path = join(folder.path, 'unmatched.json');
  symlinkSync('/proc/self/mem', path);
  await using shop = await openShop(folder.path, [PRINT]);
  assert.equal(owed(shop), []);
  const open = [{ order: 'a', item: 'later', quantity: 1, ...MONEY, atMs: 0 }];
  rmSync(path);
  writeFileSync(path, JSON.stringify({ open, back: [] }));
  await shop.clock.advance(1_000);
  assert.equal(owed(shop), [2500]);
});

test.run();
