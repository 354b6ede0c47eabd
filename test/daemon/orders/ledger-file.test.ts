/** The ledger's file: what is kept of a torn write, and lines that no box has written. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Book } from '../../../daemon/orders/book.ts';
import {
  BEFORE_FIRST,
  renderCommit,
  renderHeader,
  scanLedger,
} from '../../../daemon/orders/commit.ts';
import { decide, type Shop } from '../../../daemon/orders/decide.ts';
import {
  LedgerFault,
  LedgerFile,
  type LedgerHandle,
  ledgerPath,
  openLedgerFile,
} from '../../../daemon/orders/ledger-file.ts';
import type { OrderRecord } from '../../../daemon/orders/record.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { article, paid, reserve, scratchFolder } from './support/shop.ts';

const test = suite('ledger file');

const voided = (id: string): OrderRecord => ({ kind: 'void', id, atMs: 1, reason: 'cancelled' });

test('of a torn write the box keeps the bytes beside the ledger, and cuts it', async () => {
  using folder = scratchFolder();
  const first = await openLedgerFile(folder.path, silentLog);
  await first.file.append([voided('a')]);
  await first.file.close();
  const path = ledgerPath(folder.path);
  const whole = readFileSync(path);
  writeFileSync(path, Buffer.concat([whole, Buffer.from('0123 torn')]));
  const { file, records } = await openLedgerFile(folder.path, silentLog);
  assert.is(statSync(path).size, whole.length);
  assert.is(readFileSync(join(folder.path, 'ledger-torn.part'), 'latin1'), '0123 torn');
  assert.equal(
    records.map(({ seq, record }) => [seq, record.id]),
    [[1, 'a']],
  );
  assert.is(file.nextSeq, 2);
  assert.is(file.bytes, whole.length);
  await file.close();
});

test('a ledger that is whole is left as it is', async () => {
  using folder = scratchFolder();
  const first = await openLedgerFile(folder.path, silentLog);
  await first.file.append([voided('a')]);
  await first.file.append([voided('b'), voided('c')]);
  await first.file.close();
  const whole = readFileSync(ledgerPath(folder.path));
  const again = await openLedgerFile(folder.path, silentLog);
  assert.is(again.file.nextSeq, 4);
  await again.file.close();
  assert.equal(readFileSync(ledgerPath(folder.path)), whole);
  assert.is(existsSync(join(folder.path, 'ledger-torn.part')), false);
});

test('what a failed write left, and could not be cut off, is not behind a shorter line', async () => {
  using folder = scratchFolder();
  const first = await openLedgerFile(folder.path, silentLog);
  await first.file.close();
  const path = ledgerPath(folder.path);
  const disk = await open(path, 'r+');
  let isFaulty = true;
  const fail = () => Promise.reject(new Error('EIO'));
  const handle = {
    write: disk.write.bind(disk),
    datasync: () => (isFaulty ? fail() : disk.datasync()),
    truncate: (bytes: number) => (isFaulty ? fail() : disk.truncate(bytes)),
    close: () => disk.close(),
  } as LedgerHandle;
  const { end } = scanLedger(readFileSync(path));
  const file = new LedgerFile(folder.path, handle, end);
  const failed = await file.append([voided('a')], true).catch((error: Error) => error.message);
  assert.is(failed, 'EIO');
  isFaulty = false;
  await file.append([voided('a')]);
  assert.equal([scanLedger(readFileSync(path)).tail, statSync(path).size], ['none', file.bytes]);
  await file.close();
});

test('a line of the right hash with the number of another one is damage', () => {
  const header = renderHeader('x');
  const hash = header.toString('latin1', 0, 64);
  const scan = (seq: number) => {
    const { bytes } = renderCommit(hash, { seq, records: [voided('a')] });
    return scanLedger(Buffer.concat([header, bytes]));
  };
  assert.equal([scan(1).tail, scan(1).commits.length], ['none', 1]);
  for (const seq of [2, 7])
    assert.equal([scan(seq).tail, scan(seq).commits.length], ['damaged', 0]);
});

test('a ledger with a line of a newer version stays where it is, and is not called damaged', async () => {
  using folder = scratchFolder();
  const { file } = await openLedgerFile(folder.path, silentLog);
  await file.append([voided('a')]);
  await file.append([{ kind: 'lent', id: 'b', atMs: 2 } as never]);
  await file.append([voided('c')]);
  // The newer version has acknowledged more than this one can read.
  await file.mark();
  await file.close();
  const path = ledgerPath(folder.path);
  const whole = readFileSync(path);
  for (const start of ['first', 'second']) {
    const fault = await openLedgerFile(folder.path, silentLog).catch((error: unknown) => error);
    assert.ok(fault instanceof LedgerFault, `${start} start`);
    assert.equal(
      [fault.kind, fault.message],
      ['newer', 'line 3 was written by a newer version of the program'],
    );
    assert.equal(readFileSync(path), whole);
  }
});

test('a header of the next version is newer, and a line whose hash is wrong is damage', () => {
  const header = (version: number) => {
    const text = JSON.stringify({ ledger: 'venuebox orders', v: version, id: 'x' });
    const hash = createHash('sha256').update(BEFORE_FIRST).update(text).digest('hex');
    return Buffer.from(`${hash} ${text}\n`);
  };
  assert.is(scanLedger(header(1)).tail, 'none');
  assert.is(scanLedger(header(2)).tail, 'newer');
  assert.is(scanLedger(header(0)).tail, 'damaged');
  const changed = Buffer.from(header(2).toString().replace('"v":2', '"v":3'));
  assert.is(scanLedger(changed).tail, 'damaged');
});

/** Takes requests one after the other, as the order service does. */
function openBook(shop: Partial<Shop> = {}) {
  const book = new Book();
  const now: Shop = {
    ...{ drop: 'friday', isWindowOpen: true, pendingMs: 1_000, nowMs: 5_000 },
    articles: [
      article('print', { edition: 9 }),
      article('tee', { stock: 9, currency: 'USD', price: 700 }),
    ],
    ...shop,
  };
  const take = (request: Parameters<typeof decide>[1]) => {
    const decision = decide(book, request, now);
    if ('record' in decision) book.apply(decision.record);
    return decision;
  };
  return { book, take };
}

test('sales count orders, pieces and money of each currency, and a cancelled order no more', () => {
  const { book, take } = openBook();
  take(paid('a', 'print', { quantity: 2 }));
  take(paid('b', 'tee', { quantity: 3 }));
  take(paid('c', 'print'));
  const sorted = () =>
    book.sales('friday').amounts.toSorted((x, y) => x.amount_minor - y.amount_minor);
  assert.equal([book.sales('friday').orders, book.sales('friday').pieces], [3, 6]);
  assert.equal(sorted(), [
    { currency: 'USD', amount_minor: 2_100 },
    { currency: 'EUR', amount_minor: 7_500 },
  ]);
  take({ do: 'cancel', id: 'a', source: 'cash' });
  assert.equal([book.sales('friday').orders, book.sales('friday').pieces], [2, 4]);
  assert.equal(sorted(), [
    { currency: 'USD', amount_minor: 2_100 },
    { currency: 'EUR', amount_minor: 2_500 },
  ]);
  assert.equal(book.sales('saturday'), { orders: 0, pieces: 0, amounts: [] });
});

test('what comes late is told from what is newer by the time of its sender, where it has one', () => {
  const { take } = openBook();
  assert.ok('record' in take(reserve('a', 'print', { sentMs: 2_000 })));
  assert.ok('stale' in take({ do: 'cancel', id: 'a', source: 'webhook', sentMs: 1_999 }));
  const same = take(paid('a', 'print', { sentMs: 2_000 }));
  assert.ok('record' in same && same.record.sentMs === 2_000);
  const without = take({ do: 'cancel', id: 'a', source: 'cash' });
  assert.ok('record' in without && without.record.kind === 'void' && !('sentMs' in without.record));
});

test('a payment below the price of an unpaid order is owed back, one of a stranger is not', () => {
  const { book, take } = openBook();
  take(reserve('a'));
  const low = take(paid('a', 'print', { amount: 1, currency: 'EUR' }));
  assert.ok('record' in low && low.record.kind === 'refused' && low.record.isPaid);
  assert.equal([book.totals.refunds, book.totals.pending, book.totals.refused], [1, 0, 1]);
  const cash = take(paid('b', 'print', { amount: 1, currency: 'EUR', source: 'cash' }));
  assert.ok('record' in cash && cash.record.kind === 'refused' && !cash.record.isPaid);
  assert.is(book.totals.refunds, 1);
});

test.run();
