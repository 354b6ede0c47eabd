/** `venuebox ledger`: checks the ledger of the orders, or prints them as a table. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HalError, halErrorOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { stateFolder } from '../config/files/state-folder.ts';
import { renderCsv } from '../orders/csv.ts';
import { damagedPath, ledgerPath } from '../orders/ledger-file.ts';
import { type LedgerReport, paymentsBeside, readLedger } from '../orders/ledger-report.ts';

export const LEDGER_ACTIONS = ['verify', 'export'] as const;

export interface LedgerArguments {
  readonly action: (typeof LEDGER_ACTIONS)[number];
  readonly file?: string;
}

/** StateDirectory of systemd/venuebox.service. */
const INSTALLED = '/var/lib/venuebox';

/** @throws HalError where there is no ledger. */
export async function runLedgerCommand(
  { action, file }: LedgerArguments,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly text: string; readonly isWell: boolean }> {
  const path = file ?? findLedger(env);
  const report = await readLedger(path).catch(explain(path));
  const isWell = report.faults.length === 0;
  if (action === 'export' && isWell) {
    const payments = await paymentsBeside(path).catch(explain(dirname(path)));
    return { text: renderCsv(report.book.all(), payments), isWell };
  }
  return { text: renderReport(path, report), isWell };
}

/** Also one that the box has put aside. */
function findLedger(env: Readonly<Record<string, string | undefined>>): string {
  const paths = [stateFolder(env), INSTALLED].flatMap((state) => {
    const folder = join(state, 'orders');
    return [ledgerPath(folder), damagedPath(folder)];
  });
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}

function explain(path: string) {
  return (cause: unknown): never => {
    const { code } = halErrorOf(cause, path);
    if (code === 'NOT_FOUND') {
      const advice = 'nothing was sold by this box yet; else name it with --file';
      throw new HalError(code, `no ledger at ${path}`, { cause, advice });
    }
    const advice =
      code === 'NOT_PERMITTED'
        ? 'run this as the box’s user, or with sudo'
        : 'name the ledger.jsonl of a box with --file';
    throw new HalError(code, `${path} cannot be read: ${messageOf(cause)}`, { cause, advice });
  };
}

function renderReport(path: string, report: LedgerReport): string {
  const { book, commits, bytes, isNewer, faults, notes } = report;
  const fault = isNewer ? 'NOT READ TO ITS END' : 'DAMAGED';
  const { confirmed, pending, refused, refunds, void: voided } = book.totals;
  const before = faults.length === 0 ? '' : ', as far as it can be read';
  const lines = [
    `${path}: ${faults.length === 0 ? 'as it was written' : fault}`,
    `  ${book.size} orders in ${commits} writes, ${bytes} bytes${before}`,
    `  confirmed ${confirmed}, pending ${pending}, void ${voided}, refused ${refused}, to be paid back ${refunds}`,
    ...[...faults, ...notes].map((line) => `  ${line}`),
    ...adviceOf(path, report).map((line) => `  what to do: ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

function adviceOf(path: string, { faults, isNewer }: LedgerReport): readonly string[] {
  if (faults.length === 0) return [];
  if (isNewer) return ['install the newer version of the program again; no order is lost'];
  const folder = dirname(path);
  return [
    `sell by hand and write each sale down; copy ${folder} to another disk, and change nothing in it`,
    `to sell with this box again, move ${folder} and prints/orders.json beside it away, and give the drop another id`,
  ];
}
