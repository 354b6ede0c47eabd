/** `venuebox ledger`: what it says of a ledger, and its table. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runLedgerCommand } from '../../../daemon/cli/ledger-command.ts';
import { ledgerPath, openLedgerFile } from '../../../daemon/orders/ledger-file.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { article, openShop, paid, reserve, scratchFolder } from './support/shop.ts';

const test = suite('ledger command');

async function sell(folder: string, name = 'Ada', isClockFree = false): Promise<string> {
  const articles = [
    article('print', { edition: 2 }),
    article('yen', { currency: 'JPY', price: 1200 }),
  ];
  await using shop = await openShop(folder, articles, undefined, undefined, isClockFree);
  await shop.service.take(paid('a', 'print', { name, quantity: 2 }));
  await shop.service.take(paid('b', 'print'));
  await shop.service.take(reserve('c', 'yen'));
  await shop.service.take({ do: 'cancel', id: 'd', source: 'cash' });
  return ledgerPath(folder);
}

test('a ledger that is as it was written is well, also while a line is being written', async () => {
  using folder = scratchFolder();
  const file = await sell(folder.path);
  const { text, isWell } = await runLedgerCommand({ action: 'verify', file }, {});
  assert.ok(isWell);
  assert.match(text, 'as it was written');
  assert.match(text, 'confirmed 1, pending 1, void 1, refused 1, to be paid back 1');
  writeFileSync(file, `${readFileSync(file, 'utf8')}0123`);
  const torn = await runLedgerCommand({ action: 'verify', file }, {});
  assert.ok(torn.isWell);
  assert.match(torn.text, 'line 6 is not complete');
});

test('entries whose times may be wrong are told, and nothing else about them differs', async () => {
  using folder = scratchFolder();
  const file = await sell(folder.path, 'Ada', true);
  // The clock is synchronised when the box starts again.
  {
    await using shop = await openShop(folder.path, [article('print')]);
    await shop.service.take(paid('e', 'print'));
  }
  const { text, isWell } = await runLedgerCommand({ action: 'verify', file }, {});
  assert.ok(isWell);
  assert.match(text, 'times of 4 entries may be wrong');
});

test('a changed ledger is named with its line, and not exported', async () => {
  using folder = scratchFolder();
  const file = await sell(folder.path);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"id":"a"', '"id":"x"'));
  for (const action of ['verify', 'export'] as const) {
    const { text, isWell } = await runLedgerCommand({ action, file }, {});
    assert.not(isWell);
    assert.match(text, 'DAMAGED');
    assert.match(text, 'line 2 is not as it was written');
    assert.match(text, `what to do: sell by hand and write each sale down; copy ${folder.path}`);
  }
});

test('a ledger of a newer version is not called damaged, and not exported', async () => {
  using folder = scratchFolder();
  const { file } = await openLedgerFile(folder.path, silentLog);
  await file.append([{ kind: 'lent', id: 'b', atMs: 2 } as never]);
  await file.mark();
  await file.close();
  for (const action of ['verify', 'export'] as const) {
    const given = { action, file: ledgerPath(folder.path) };
    const { text, isWell } = await runLedgerCommand(given, {});
    assert.not(isWell);
    assert.not.match(text, 'DAMAGED');
    assert.match(text, 'line 2 was written by a newer version');
    assert.match(text, 'what to do: install the newer version');
    assert.not.match(text, 'were acknowledged');
  }
});

test('the table has amounts as people write them', async () => {
  using folder = scratchFolder();
  const file = await sell(folder.path);
  const { text } = await runLedgerCommand({ action: 'export', file }, {});
  const [head, ...rows] = text.trimEnd().split('\r\n');
  assert.match(head ?? '', /^\ufeff"order","state"/);
  assert.match(
    rows[0] ?? '',
    '"a","confirmed","","","friday","print","Article print","2","1 2","50.00","EUR","Ada"',
  );
  assert.match(rows[1] ?? '', '"b","refused","sold-out","to be paid back"');
  assert.match(rows[2] ?? '', '"1200","JPY"');
  assert.match(rows[3] ?? '', '"d","void","cancelled"');
});

test('no name becomes a formula or another column of a spreadsheet', async () => {
  const names = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '|calc',
    '%x',
    '＝1',
    'a","b',
    '=HYPERLINK("http://x")',
  ];
  for (const name of names) {
    using folder = scratchFolder();
    const file = await sell(folder.path, name);
    const { text } = await runLedgerCommand({ action: 'export', file }, {});
    const row = text.split('\r\n')[1] ?? '';
    const cells = [...row.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = '']) =>
      cell.replaceAll('""', '"'),
    );
    assert.is(cells.length, 14, row);
    const [buyer = ''] = cells.filter((cell) => cell.endsWith(name));
    assert.ok(name.startsWith('a') || buyer.startsWith("'"), row);
  }
});

test('payments that fit nothing on sale are in the table, those that wait and those that were cleared', async () => {
  using folder = scratchFolder();
  {
    await using shop = await openShop(folder.path, [article('print')]);
    const money = { amount: 777, currency: 'EUR' };
    await shop.service.take(paid('y', 'no', money));
    await shop.service.take({ do: 'clear', id: 'y', item: 'no', ...money, source: 'cash' });
    await shop.service.take(paid('z', 'no', money));
  }
  const file = ledgerPath(folder.path);
  const { text } = await runLedgerCommand({ action: 'export', file }, {});
  assert.match(text, '"y","unmatched","fits nothing on sale","settled"');
  assert.match(text, '"z","unmatched","fits nothing on sale","to be paid back"');
});

test('one that the box has put aside is found by itself', async () => {
  using folder = scratchFolder();
  const orders = join(folder.path, 'orders');
  const file = await sell(orders);
  renameSync(file, join(orders, 'ledger-damaged.jsonl'));
  const { text } = await runLedgerCommand({ action: 'verify' }, { STATE_DIRECTORY: folder.path });
  assert.match(text, 'ledger-damaged.jsonl: as it was written');
});

test('no ledger, and one that cannot be read, are errors that say what to do', async () => {
  const messageOf = (file: string) =>
    runLedgerCommand({ action: 'verify', file }, {}).then(
      () => 'none',
      (error: Error) => error.message,
    );
  assert.match(await messageOf('/nowhere'), 'nothing was sold by this box yet; else name it with');
  assert.match(await messageOf('/tmp'), 'name the ledger.jsonl of a box with --file');
});

test.run();
