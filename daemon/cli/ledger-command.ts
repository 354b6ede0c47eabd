/** `venuebox ledger`: checks the ledger of the orders, or prints them as a table. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HalError } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { stateFolder } from '../config/files/state-folder.ts';
import { renderCsv } from '../orders/csv.ts';
import { ledgerPath } from '../orders/ledger-file.ts';
import { type LedgerReport, readLedger } from '../orders/ledger-report.ts';
import { readSettled } from '../orders/webhook/settled-payments.ts';

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
  const report = await readLedger(path).catch((cause: unknown) => {
    throw new HalError('IO', `no ledger: ${messageOf(cause)}; name it with --file`, { cause });
  });
  const isWell = report.faults.length === 0;
  if (action === 'export' && isWell) {
    const settled = await readSettled(dirname(path)).catch(() => []);
    return { text: renderCsv(report.book.all(), settled), isWell };
  }
  return { text: renderReport(path, report), isWell };
}

function findLedger(env: Readonly<Record<string, string | undefined>>): string {
  const paths = [stateFolder(env), INSTALLED].map((folder) => ledgerPath(join(folder, 'orders')));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}

function renderReport(path: string, report: LedgerReport): string {
  const { book, commits, bytes, isNewer, faults, notes } = report;
  const fault = isNewer ? 'NOT READ TO ITS END' : 'DAMAGED';
  const { confirmed, pending, refused, refunds, void: voided } = book.totals;
  const lines = [
    `${path}: ${faults.length === 0 ? 'as it was written' : fault}`,
    `  ${book.size} orders in ${commits} writes, ${bytes} bytes`,
    `  confirmed ${confirmed}, pending ${pending}, void ${voided}, refused ${refused}, to be paid back ${refunds}`,
    ...[...faults, ...notes].map((line) => `  ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}
