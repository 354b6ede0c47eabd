/** The ledger’s bytes: every cut is a torn write, and every change is found. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCommit, renderHeader, scanLedger } from '../../../daemon/orders/commit.ts';
import type { OrderRecord } from '../../../daemon/orders/record.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('ledger bytes');

const record = (id: string): OrderRecord => ({
  ...{ kind: 'confirmed', id, drop: 'friday', item: 'print', title: 'Print “ö”', quantity: 1 },
  ...{ amount: 2500, currency: 'EUR', source: 'webhook', atMs: 1, numbers: [1] },
});

/** A ledger of `lines` commits, and where each line ends. */
function ledgerOf(lines: number) {
  let bytes = renderHeader('0123456789abcdef');
  let hash = bytes.toString('latin1', 0, 64);
  const ends = [bytes.length];
  for (let seq = 1; seq <= lines; seq += 1) {
    const commit = renderCommit(hash, { seq, records: [record(`o${seq}`)] });
    bytes = Buffer.concat([bytes, commit.bytes]);
    hash = commit.hash;
    ends.push(bytes.length);
  }
  return { bytes, ends };
}

test('what was written is read again', () => {
  const { bytes, ends } = ledgerOf(3);
  const { commits, tail, end, ledgerId } = scanLedger(bytes);
  assert.equal(tail, 'none');
  assert.is(ledgerId, '0123456789abcdef');
  assert.equal(
    commits.flatMap(({ records }) => records),
    [record('o1'), record('o2'), record('o3')],
  );
  assert.is(end.bytes, ends.at(-1));
  assert.is(end.nextSeq, 4);
});

test('a ledger that is cut at any byte is torn behind its last complete line', () => {
  const { bytes, ends } = ledgerOf(3);
  for (let cut = 0; cut < bytes.length; cut += 1) {
    const scan = scanLedger(bytes.subarray(0, cut));
    const complete = ends.filter((at) => at <= cut);
    assert.is(scan.end.bytes, complete.at(-1) ?? 0, `cut at ${cut}`);
    assert.is(scan.tail, ends.includes(cut) || cut === 0 ? 'none' : 'torn', `cut at ${cut}`);
  }
});

test('a last line with blocks that were never written is torn', () => {
  const { bytes, ends } = ledgerOf(3);
  const start = ends[2] ?? 0;
  for (let at = start; at < bytes.length; at += 1) {
    const torn = Buffer.from(bytes);
    torn.fill(0, at, Math.min(bytes.length, at + 16));
    const scan = scanLedger(torn);
    assert.equal([scan.tail, scan.end.bytes, scan.commits.length], ['torn', start, 2], `at ${at}`);
  }
});

test('any changed byte is found, and named by its line', () => {
  const { bytes, ends } = ledgerOf(4);
  const random = seeded(15);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    const bit = 1 << Math.floor(random() * 8);
    changed[at] = (changed[at] ?? 0) ^ bit;
    const scan = scanLedger(changed);
    const line = ends.findIndex((end) => at < end) + 1;
    assert.is(scan.line, line, `byte ${at}`);
    // The very last newline alone looks like a write that was cut off.
    const isEnd = at === bytes.length - 1;
    assert.is(scan.tail, isEnd ? 'torn' : 'damaged', `byte ${at}, bit ${bit}`);
  }
});

test('a line that is missing, doubled or exchanged is found', () => {
  const { bytes, ends } = ledgerOf(4);
  const lines = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
  const [head, a, b, c, d] = lines as [Buffer, Buffer, Buffer, Buffer, Buffer];
  for (const wrong of [
    [head, a, c, d],
    [head, a, a, b, c, d],
    [head, b, a, c, d],
    [a, b, c, d],
  ]) {
    assert.is(scanLedger(Buffer.concat(wrong)).tail, 'damaged');
  }
});

test.run();
