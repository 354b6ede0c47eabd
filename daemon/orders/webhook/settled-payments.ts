/** Payments that fit nothing on sale, for the accountant: those that are settled are in a table that only grows. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAt, syncFolder, writeAll } from '../../../hal/os/durable.ts';
import { ifMissing } from '../../../hal/os/errors.ts';
import { parseAs } from '../../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import type {
  OrderIntake,
  OrderOutcome,
  OrderSource,
  UnmatchedPayment,
} from '../../model/orders.ts';
import { CSV_HEAD, renderPayment } from '../csv.ts';
import { cannotBeSaved } from '../outcome.ts';
import { keyOf, type StoredPayments, settlingOf, storedPayments } from './payment.ts';

/** Those that wait, and the last ones that are settled; in the folder of the ledger. */
export const UNMATCHED_NAME = 'unmatched.json';
const NAME = 'settled-payments.csv';
const NEWLINE = 0x0a;

interface Clearing {
  readonly folder: string;
  readonly source: OrderSource;
  /** The oldest of those that still wait, as it is then. */
  readonly firstOf: (keys: ReadonlySet<string>) => UnmatchedPayment | undefined;
  readonly take: OrderIntake['take'];
}

/** A person has looked at all of them: each is settled as if it was alone, once the table has it. */
export async function clearPayments(
  seen: readonly UnmatchedPayment[],
  { folder, source, firstOf, take }: Clearing,
): Promise<OrderOutcome> {
  try {
    // First of all: afterwards the box may forget them.
    const rows = seen.map((one) => renderPayment(one, 'settled'));
    await appendSettled(folder, rows);
  } catch (error) {
    return cannotBeSaved(error);
  }
  const keys = new Set(seen.map(keyOf));
  const settled: Promise<OrderOutcome>[] = [];
  // With one of them another under its id becomes one of a known order.
  for (let next = firstOf(keys); next !== undefined; next = firstOf(keys)) {
    keys.delete(keyOf(next));
    settled.push(take(settlingOf(next, source)));
  }
  const outcomes = await Promise.all(settled);
  const isDone = ({ status }: OrderOutcome) => status === 'void' || status === 'settled';
  return outcomes.find((one) => !isDone(one)) ?? { status: 'cleared', count: outcomes.length };
}

/** Resolves when the rows are on the disk. */
async function appendSettled(folder: string, rows: readonly string[]): Promise<void> {
  const file = await open(join(folder, NAME), 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const [last = NEWLINE] = size === 0 ? [] : await readAt(file, size - 1, 1);
    // A power cut has torn the row before.
    const before = size === 0 ? CSV_HEAD : last === NEWLINE ? '' : '\r\n';
    await writeAll(file, Buffer.from(before + rows.join('')), size);
    await file.datasync();
  } finally {
    await file.close();
  }
  await syncFolder(folder);
}

/**
 * Rows for a table: those that are settled, as far as they are known, and those that wait.
 *
 * @param now Left out: as they are on the disk.
 */
export async function paymentRows(
  folder: string,
  now?: StoredPayments & { readonly log: Log },
): Promise<readonly string[]> {
  const { open, back } = now ?? (await readUnmatched(folder));
  const settled = back.map((one) => renderPayment(one, 'settled'));
  const waiting = open.map((one) => renderPayment(one, 'to be paid back'));
  const before = await readSettled(folder).catch((error: unknown) => {
    if (now === undefined) throw error;
    // The crew has all else.
    now.log.error('settled payments not read', { reason: messageOf(error) });
    return [];
  });
  return [...new Set([...before, ...settled]), ...waiting];
}

async function readUnmatched(folder: string): Promise<StoredPayments> {
  const text = await readFile(join(folder, UNMATCHED_NAME), 'utf8').catch(ifMissing);
  const none = { open: [], back: [] };
  return text === undefined ? none : (parseAs(storedPayments, text) ?? none);
}

/** Its rows as they are. */
async function readSettled(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(ifMissing);
  const rows = text?.slice(CSV_HEAD.length).split('\r\n') ?? [];
  return rows.filter((row) => row !== '').map((row) => `${row}\r\n`);
}
