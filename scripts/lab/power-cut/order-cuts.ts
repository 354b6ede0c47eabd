/** Cuts the power of a machine that takes orders, and holds its ledger against what buyers were answered. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ledgerPath } from '../../../daemon/orders/ledger-file.ts';
import { type LedgerReport, readLedger } from '../../../daemon/orders/ledger-report.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { boot } from './machine.ts';
import { EDITION, type SalesPlan } from './orders-plan.ts';
import { prepareWork, seen } from './work.ts';

/** What is on the disk after a cut, or after the last boot's end. */
export interface LeftLedger {
  /** Orders that buyers were answered about, so far. */
  readonly answered: number;
  /** Of the boot before: asked for, and not answered when the power went. */
  readonly onTheWay: number;
  /** The cut tore a write. */
  readonly isTorn: boolean;
  /** The machine was opening its ledger when the power went. */
  readonly isOpening: boolean;
  /** What is wrong, one line each. */
  readonly faults: readonly string[];
}

export interface OrderCuts {
  readonly kernel: string;
  readonly cuts: number;
  /** Over all boots. */
  readonly orders: number;
  readonly seed: number;
}

/** A cut while the ledger is opened comes so soon after that has begun. */
const OPENING_MS = 150;
/** Other cuts come so soon after the first answer: about as long as a boot's orders take. */
const SELLING_MS = 400;
const OPENING_SHARE = 0.15;

/** Yields what each cut left, and at last what a boot that ended in order left. */
export async function* cutPowerOfOrders(asked: OrderCuts): AsyncGenerator<LeftLedger> {
  const { work, remove } = await prepareWork({ guest: 'scripts/lab/power-cut/orders-guest.ts' });
  const out = join(work, 'out');
  const random = seeded(asked.seed);
  const told = new Map<string, string>();
  const noted: string[] = [];
  let before = { onTheWay: 0, isOpening: false };
  let first = 0;
  try {
    for (let i = 0; i <= asked.cuts; i += 1) {
      const isLast = i === asked.cuts;
      // The last boot is asked for all of them once more, all at once.
      const again = range(first).filter((n) => isLast || !told.has(`o${n}`));
      const end = Math.max(first, Math.ceil((asked.orders * (i + 1)) / (asked.cuts + 1)));
      const plan = { seed: asked.seed * 1_000 + i, again, first, end, isLast };
      const isOpening = !isLast && random() < OPENING_SHARE;
      const withinMs = random() * (isOpening ? OPENING_MS : SELLING_MS);
      await runOnce(asked.kernel, work, plan, isOpening, withinMs);
      if (i > 0) {
        const { isTorn, faults } = await compare(join(out, 'left'), told);
        yield { ...before, answered: told.size, isTorn, faults: [...noted.splice(0), ...faults] };
      }
      const heard = hear(out, told);
      noted.push(...heard.faults);
      first = Math.max(first, heard.askedEnd);
      before = { isOpening, onTheWay: range(first).filter((n) => !told.has(`o${n}`)).length };
    }
    const { report, isTorn, faults } = await compare(join(out, 'end'), told);
    const all = [...noted, ...faults, ...soldFaults(report)];
    yield { ...before, answered: told.size, isTorn, faults: all };
  } finally {
    remove();
  }
}

/** Boots the machine, and cuts its power: so soon after its ledger is opened, or after its first answer. */
async function runOnce(
  kernel: string,
  work: string,
  plan: SalesPlan,
  isOpening: boolean,
  withinMs: number,
): Promise<void> {
  const out = join(work, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  writeFileSync(join(out, 'plan.json'), JSON.stringify(plan));
  const machine = boot(kernel, work);
  const has = (name: string) => existsSync(join(out, name));
  const isTime = () => {
    if (plan.isLast) return has('sold');
    return isOpening ? has('opening') : has('sold') || linesOf(out).some(isAnswer);
  };
  try {
    await seen(isTime, out, machine.console);
    if (!plan.isLast) {
      await sleep(withinMs);
      machine.cut();
    }
    await machine.ended;
  } finally {
    machine.cut();
  }
}

/** What a boot has written. The last line may be cut off. */
function linesOf(out: string): readonly string[] {
  const path = join(out, 'answers');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

const isAnswer = (line: string) => !line.startsWith('asked ');

/** What buyers were answered in one boot. */
function hear(out: string, told: Map<string, string>) {
  const faults: string[] = [];
  let askedEnd = 0;
  for (const line of linesOf(out)) {
    const [id = '', status = '', numbers = ''] = line.split(' ');
    if (!isAnswer(line)) {
      askedEnd = Number(status);
      continue;
    }
    const answer = `${status} ${numbers}`;
    const before = told.get(id) ?? answer;
    if (before !== answer) faults.push(`${id} was told ${before}, and then ${answer}`);
    told.set(id, answer);
  }
  return { askedEnd, faults };
}

/** A ledger, as it lies on the disk, beside what buyers were told. */
async function compare(folder: string, told: ReadonlyMap<string, string>) {
  const path = ledgerPath(folder);
  if (!existsSync(path)) {
    return { isTorn: false, faults: told.size > 0 ? ['there is no ledger'] : [] };
  }
  const report = await readLedger(path);
  const lost = [...told].flatMap(([id, answer]) => {
    const kept = report.book.find(id);
    const numbers = kept?.kind === 'confirmed' ? kept.numbers.join() : '';
    const now = kept === undefined ? 'not there' : `${kept.kind} ${numbers}`;
    return now === answer ? [] : [`${id} was told ${answer}, and is ${now}`];
  });
  return { report, isTorn: report.notes.length > 0, faults: [...report.faults, ...lost] };
}

/** All of the small edition is sold, numbered from 1 without a gap. */
function soldFaults(report: LedgerReport | undefined): readonly string[] {
  const numbers = [...(report?.book.all() ?? [])]
    .flatMap((one) => (one.kind === 'confirmed' && one.item === 'print' ? one.numbers : []))
    .toSorted((a, b) => a - b);
  const wanted = range(EDITION).map((n) => n + 1);
  return numbers.join() === wanted.join() ? [] : [`of the edition are sold: ${numbers.join()}`];
}

function range(end: number): readonly number[] {
  return Array.from({ length: end }, (_, n) => n);
}
