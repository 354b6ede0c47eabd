/** `kill -9` amid thousands of orders of an edition of 50: exactly 50 are sold, none that was acknowledged is lost. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ledgerPath } from '../../../daemon/orders/ledger-file.ts';
import { startProgram } from '../../support/program.ts';
import { seeded } from '../../support/seeded.ts';
import { article, openShop, scratchFolder } from './support/shop.ts';

const test = suite('order service that is killed');
const PIECES = 50;
const ORDERS = Number(process.env['ORDERS'] ?? 2_000);
const KILLS = Number(process.env['KILLS'] ?? 8);

test(`${ORDERS} orders at once and ${KILLS} kills sell ${PIECES} pieces, numbered 1 to ${PIECES}`, async () => {
  using folder = scratchFolder();
  const random = seeded(50);
  /** What buyers were told, by order. */
  const told = new Map<string, string>();
  const note = (line: string) => {
    const [status = '', id = '', numbers = ''] = line.split(' ');
    if (id === '') return;
    const answer = `${status} ${numbers}`;
    assert.is(told.get(id) ?? answer, answer, `${id} was told something else before`);
    told.set(id, answer);
  };
  const program = await bundleSeller(folder.path);
  const ledger = join(folder.path, 'ledger');
  for (let kill = 0; kill <= KILLS; kill += 1) {
    // Each run asks again for all that was asked for before: buyers and payment services do.
    const orders = Math.ceil((ORDERS * (kill + 1)) / (KILLS + 1));
    const answers = join(folder.path, `answers-${kill}`);
    const args = [program, ledger, `${PIECES}`, `${orders}`];
    await using seller = startProgram(process.execPath, args, answers);
    if (kill < KILLS) {
      const startedBytes = bytesOf(ledgerPath(ledger));
      // Some while the ledger is read, some while orders are written, some while they are answered.
      const isMoved = () => bytesOf(ledgerPath(ledger)) > startedBytes || bytesOf(answers) > 0;
      if (random() < 0.8) await until(isMoved, seller.ended);
      await sleep(random() * 25);
      seller.child.kill('SIGKILL');
    }
    await seller.ended;
    for (const line of readFileSync(answers, 'utf8').split('\n').slice(0, -1)) note(line);
  }
  await using shop = await openShop(ledger, [article('print', { edition: PIECES })]);
  const kept = shop.service.confirmedAfter(0, 10_000);
  assert.equal(
    kept.flatMap(({ numbers }) => numbers),
    Array.from({ length: PIECES }, (_, i) => i + 1),
  );
  const sold = new Map(
    kept.map(({ orderId, numbers }) => [orderId, `confirmed ${numbers.join()}`]),
  );
  for (const [id, answer] of told) {
    if (answer.startsWith('confirmed')) assert.is(sold.get(id), answer, id);
  }
  assert.is(told.size, ORDERS);
});

/** Starts in a tenth of the time that tsx takes. */
async function bundleSeller(folder: string): Promise<string> {
  const outfile = join(folder, 'seller.mjs');
  const entryPoints = ['test/daemon/orders/support/seller.ts'];
  const banner = {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  };
  await build({
    entryPoints,
    outfile,
    banner,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return outfile;
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function until(check: () => boolean, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && !check()) await sleep(1);
}

test.run();
