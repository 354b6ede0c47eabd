/**
 * Runs inside the machine whose power is cut: shows the ledger as the cut left it, opens it, and
 * takes orders until the machine dies. What a buyer is answered is written to the host, over
 * hostfs, before anything else is done; the host keeps it over the cut.
 */
import { cpSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrderService } from '../../../daemon/orders/order-service.ts';
import { openBootClock, systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { CATALOGUE, itemOf, type SalesPlan } from './orders-plan.ts';

const out = '/mnt/out';
const folder = '/mnt/a/orders';
const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as SalesPlan;
const random = seeded(plan.seed);

if (existsSync(folder)) cpSync(folder, join(out, 'left'), { recursive: true });
writeFileSync(join(out, 'opening'), '');

const service = await openOrderService({
  ...{ folder, windowMs: 1, pendingMs: 600_000, clock: systemClock, boot: openBootClock() },
  log: openLog('warn', 'people', (line) => writeSync(2, line)),
  catalogue: () => CATALOGUE,
  onEvent: () => undefined,
  onConfirmed: () => undefined,
});
const ending = new AbortController();
const running = service.run(ending.signal);
const answers = openSync(join(out, 'answers'), 'w');

async function ask(n: number): Promise<void> {
  const id = `o${n}`;
  const outcome = await service.take({ do: 'confirm', id, item: itemOf(n), source: 'webhook' });
  const numbers = outcome.status === 'confirmed' ? outcome.numbers.join() : '';
  writeSync(answers, `${id} ${outcome.status} ${numbers}\n`);
}

/** New ones come in bursts, also while earlier ones are written; some boots get all at once. */
async function sell(): Promise<void> {
  const taken = plan.again.map(ask);
  const burstMax = random() < 0.25 ? plan.end - plan.first : 8;
  for (let n = plan.first; n < plan.end; ) {
    const burstEnd = Math.min(plan.end, n + 1 + Math.floor(random() * burstMax));
    writeSync(answers, `asked ${burstEnd}\n`);
    for (; n < burstEnd; n += 1) taken.push(ask(n));
    // A buyer or a payment service that asks once more.
    if (n > 0) taken.push(ask(Math.floor(random() * n)));
    await sleep(random() * 25);
  }
  await Promise.all(taken);
}

await sell();
writeFileSync(join(out, 'sold'), '');
// A machine that was not cut yet stays: the cut comes.
if (!plan.isLast) await new Promise(() => setInterval(() => undefined, 60_000));
ending.abort();
await running;
cpSync(folder, join(out, 'end'), { recursive: true });
