/** Payments that fit nothing on sale, cleared all at once: none is lost, and none comes back. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { article, openShop, paid, reserve, type Shop, scratchFolder } from '../support/shop.ts';

const test = suite('cleared payments');

const PRINT = article('print');
const MONEY = { amount: 2500, currency: 'EUR' };
const MORE = { amount: 3000, currency: 'EUR' };

/** As the page sends it, for what it has shown. */
function clear({ service }: Shop, last = service.state()?.unmatchedLast) {
  assert.ok(last);
  const { order: id, item, amount, currency } = last;
  const money = { ...(amount !== undefined && { amount }), ...(currency && { currency }) };
  return service.take({ do: 'clear', id, item, ...money, source: 'cash' });
}

test('all that was seen is settled and in the table, what came later waits, and none is noted again', async () => {
  using folder = scratchFolder();
  const seen = [paid('a', 'later', MONEY), paid('a', 'later', MORE), paid('b', '=x', MONEY)];
  {
    await using shop = await openShop(folder.path, [PRINT, article('tee')]);
    const { service } = shop;
    await service.take(paid('known', 'print', MONEY));
    await service.take(paid('known', 'tee', MORE));
    for (const one of seen) await service.take(one);
    const last = service.state()?.unmatchedLast;
    // While the person reads the question.
    await service.take(paid('after', 'later', MONEY));
    assert.equal(await clear(shop, last), { status: 'cleared', count: 4 });
    assert.equal(
      service.state()?.unmatched?.map(({ order }) => order),
      ['after'],
    );
    assert.is(service.state()?.totals.confirmed, 1);
    assert.is((await clear(shop, last)).status, 'stale');
    for (const one of seen) assert.is.not((await service.take(one)).status, 'invalid');
  }
  // Its sender tries for days, and the item is on sale meanwhile.
  await using shop = await openShop(folder.path, [PRINT, article('later')]);
  for (const one of seen) assert.is.not((await shop.service.take(one)).status, 'confirmed');
  const table = await shop.service.csv();
  const rows = table.split('\r\n').filter((row) => row.includes('unmatched'));
  assert.equal(
    rows.map((row) => row.split(',').flatMap((cell, i) => ([0, 3, 9].includes(i) ? cell : []))),
    [
      ['"known"', '"settled"', '"30.00"'],
      ['"a"', '"settled"', '"25.00"'],
      ['"a"', '"settled"', '"30.00"'],
      ['"b"', '"settled"', '"25.00"'],
      ['"after"', '"to be paid back"', '"25.00"'],
    ],
  );
  assert.ok(table.includes(`"'=x"`));
});

test('with a disk that does not take the table nothing is cleared', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  await shop.service.take(paid('a', 'later', MONEY));
  const path = join(folder.path, 'settled-payments.csv');
  mkdirSync(path);
  assert.is((await clear(shop)).status, 'unavailable');
  assert.is(shop.service.state()?.unmatched?.length, 1);
  rmSync(path, { recursive: true });
  assert.is((await clear(shop)).status, 'cleared');
  assert.is(shop.service.state()?.unmatched, undefined);
});

test('behind a row that the power cut off the next one begins a line of its own', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  const path = join(folder.path, 'settled-payments.csv');
  for (const id of ['a', 'b']) {
    await shop.service.take(paid(id, 'later', MONEY));
    await clear(shop);
    appendFileSync(path, '"torn');
  }
  const lines = readFileSync(path, 'utf8').split('\r\n');
  assert.equal(
    lines.map((row) => row.slice(0, 5)),
    ['\ufeff"ord', '"a","', '"torn', '"b","', '"torn'],
  );
});

test('what another version has saved with the item as it came is one line, noted once, and cleared', async () => {
  using folder = scratchFolder();
  const item = 'two\r\nlines';
  const saved = { order: 'a', item, quantity: 1, ...MONEY, atMs: 1 };
  const text = JSON.stringify({ open: [saved], back: [] });
  writeFileSync(join(folder.path, 'unmatched.json'), text);
  await using shop = await openShop(folder.path, [PRINT]);
  await shop.service.take(paid('a', item, MONEY));
  assert.is(shop.service.state()?.unmatched?.length, 1);
  assert.equal(await clear(shop), { status: 'cleared', count: 1 });
  assert.ok((await shop.service.csv()).includes('"two lines"'));
});

test('the table of all orders is there where that of settled payments cannot be read', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  await shop.service.take(paid('a', 'print', MONEY));
  mkdirSync(join(folder.path, 'settled-payments.csv'));
  assert.ok((await shop.service.csv()).includes('"a","confirmed"'));
});

test('the malformed payment of a reservation is settled with it', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [PRINT]);
  await shop.service.take(reserve('a'));
  await shop.service.take({ ...paid('a', 'print', MONEY), fault: 'data.seat is not taken' });
  assert.equal(await clear(shop), { status: 'cleared', count: 1 });
  assert.is(shop.service.state()?.totals.pending, 0);
});

test.run();
