/** Random orders from a seed, with crashes at any byte: what was acknowledged is never lost or sold twice. */
import { readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderOutcome, OrderRequest } from '../../../daemon/model/orders.ts';
import { ledgerPath } from '../../../daemon/orders/ledger-file.ts';
import { until } from '../../support/box.ts';
import { seeded } from '../../support/seeded.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { article, MINUTE_MS, openShop, paid, reserve, scratchFolder } from './support/shop.ts';

const test = suite('order ledger after crashes');
const PIECES = 12;
const ARTICLES = [article('print', { edition: PIECES }), article('tee', { stock: PIECES })];

const SEED = Number(process.env['SEED'] ?? 151);
const ROUNDS = Number(process.env['ROUNDS'] ?? 8);

/** A random request; ids and items repeat, some to the letter. */
function randomRequest(random: () => number): OrderRequest {
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const n = Math.floor(random() * 60);
  const item = n % 2 === 0 ? 'print' : 'tee';
  return {
    ...{ do: pick(['reserve', 'confirm', 'confirm', 'cancel']), id: `o${n}`, item },
    ...{ quantity: 1 + (n % 3), source: pick(['webhook', 'mqtt', 'cash']) },
  };
}

/** What buyers were told: of each order the newest answer. */
function check(told: ReadonlyMap<string, OrderOutcome>, outcome: OrderOutcome): void {
  if (outcome.status !== 'confirmed') return;
  const before = told.get(outcome.orderId);
  if (before?.status === 'confirmed') assert.equal(outcome.numbers, before.numbers);
}

function numbersTold(told: Iterable<OrderOutcome>): readonly number[] {
  return [...told].flatMap((one) => (one.status === 'confirmed' ? one.numbers : []));
}

for (let round = 0; round < ROUNDS; round += 1) {
  test(`round ${round} of seed ${SEED}: no acknowledged order is lost, no number given twice`, async () => {
    using folder = scratchFolder();
    const random = seeded(SEED * 1_000 + round);
    const path = ledgerPath(folder.path);
    const clock = new VirtualClock();
    /** The newest answer of each order, and every number that was ever told. */
    const told = new Map<string, OrderOutcome>();
    const owners = new Map<number, string>();
    for (let run = 0; run < 6; run += 1) {
      let acknowledged = 0;
      {
        await using shop = await openShop(folder.path, ARTICLES, clock);
        assert.is(shop.service.state()?.fault, undefined);
        for (let burst = 0; burst < 4; burst += 1) {
          if (random() < 0.3) await clock.advance(16 * MINUTE_MS);
          const requests = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
            randomRequest(random),
          );
          const outcomes = await Promise.all(requests.map((one) => shop.service.take(one)));
          for (const outcome of outcomes) {
            check(told, outcome);
            if ('orderId' in outcome) told.set(outcome.orderId, outcome);
            if (outcome.status !== 'confirmed') continue;
            for (const number of outcome.numbers) {
              assert.ok(number >= 1 && number <= PIECES, `number ${number}`);
              const owner = owners.get(number) ?? outcome.orderId;
              assert.is(owner, outcome.orderId, `number ${number} was given out twice`);
              owners.set(number, owner);
            }
          }
          acknowledged = statSync(path).size;
        }
        for (const { pending, sold, left } of shop.service.state()?.articles ?? []) {
          assert.ok(pending + sold <= PIECES && (left ?? -1) >= 0);
        }
        // Of what follows nothing is acknowledged: the crash comes first.
      }
      crash(path, acknowledged, random);
    }
    await using shop = await openShop(folder.path, ARTICLES, clock);
    const kept = new Map(
      shop.service.confirmedAfter(0, 1_000).map((one) => [one.orderId, one.numbers] as const),
    );
    for (const [id, outcome] of told) {
      if (outcome.status === 'confirmed') assert.equal(kept.get(id), outcome.numbers, id);
    }
    assert.is(new Set(numbersTold(told.values())).size, numbersTold(told.values()).length);
  });
}

/** A write that was not acknowledged, cut off at a random byte, or with a block of zeros. */
function crash(path: string, acknowledged: number, random: () => number): void {
  const bytes = readFileSync(path).subarray(0, acknowledged);
  const line = Buffer.from(
    `${'a'.repeat(64)} {"seq":1,"records":[{"kind":"confirmed","id":"x"}]}\n`,
  );
  const torn = line.subarray(0, Math.floor(random() * line.length));
  writeFileSync(path, Buffer.concat([bytes, random() < 0.3 ? Buffer.alloc(700) : torn]));
}

test('a ledger that is cut inside its last write opens without it, and goes on', async () => {
  using folder = scratchFolder();
  const path = ledgerPath(folder.path);
  {
    await using shop = await openShop(folder.path, ARTICLES);
    await shop.service.take(paid('a'));
  }
  const acknowledged = readFileSync(path);
  {
    await using shop = await openShop(folder.path, ARTICLES);
    await shop.service.take(paid('b'));
  }
  const complete = readFileSync(path);
  const mark = join(folder.path, 'acknowledged.json');
  const hash = acknowledged.toString().split('\n').at(-2)?.slice(0, 64);
  for (let cut = acknowledged.length; cut < complete.length; cut += 11) {
    writeFileSync(path, complete.subarray(0, cut));
    writeFileSync(mark, JSON.stringify({ bytes: acknowledged.length, hash }));
    await using shop = await openShop(folder.path, ARTICLES);
    assert.is(shop.service.state()?.fault, undefined, `cut at ${cut}`);
    const outcome = await shop.service.take(paid('c'));
    assert.ok(outcome.status === 'confirmed' && outcome.numbers[0] === 2, `cut at ${cut}`);
  }
});

test('a ledger that has lost what was acknowledged is put aside, and no order is taken', async () => {
  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['cut', (path) => truncateSync(path, statSync(path).size - 1)],
    [
      'shorter by a line',
      (path) => truncateSync(path, readFileSync(path).lastIndexOf('\n', -2) + 1),
    ],
    ['empty', (path) => truncateSync(path, 0)],
    ['changed', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"z"'))],
  ];
  for (const [what, damage] of damages) {
    using folder = scratchFolder();
    const path = ledgerPath(folder.path);
    {
      await using shop = await openShop(folder.path, ARTICLES);
      await shop.service.take(paid('a'));
      await shop.service.take(paid('b'));
    }
    damage(path);
    const damaged = readFileSync(path);
    for (const start of ['the first', 'the next']) {
      await using shop = await openShop(folder.path, ARTICLES);
      assert.is(shop.service.state()?.fault?.kind, 'damaged', `${what}, ${start} start`);
      assert.is((await shop.service.take(paid('c'))).status, 'unavailable', what);
      assert.equal(readFileSync(join(folder.path, 'ledger-damaged.jsonl')), damaged, what);
    }
  }
});

test('a disk that cannot be used at the start keeps the shop shut only as long', async () => {
  using folder = scratchFolder();
  const path = join(folder.path, 'orders');
  {
    await using shop = await openShop(path, ARTICLES);
    await shop.service.take(reserve('a'));
    await shop.service.take(paid('b'));
    await shop.service.take(paid('misfit', 'later'));
  }
  renameSync(path, `${path}-kept`);
  // No folder can be made here.
  writeFileSync(path, '');
  await using shop = await openShop(path, ARTICLES);
  assert.is(shop.service.state()?.fault?.kind, 'not-saved');
  assert.is((await shop.service.take(paid('c'))).status, 'unavailable');
  await shop.clock.advance(3_000);
  assert.is((await shop.service.take(paid('c'))).status, 'unavailable');
  rmSync(path);
  renameSync(`${path}-kept`, path);
  const isOpen = async () => {
    await shop.clock.advance(1_000);
    return shop.service.state()?.fault === undefined;
  };
  await until(isOpen, 60_000);
  assert.is(shop.service.state()?.unmatched?.[0]?.order, 'misfit');
  const repeated = await shop.service.take(paid('b'));
  assert.ok(repeated.status === 'confirmed' && repeated.isRepeat);
  const next = await shop.service.take(paid('c'));
  assert.ok(next.status === 'confirmed' && next.numbers[0] === 2);
  await shop.clock.advance(16 * MINUTE_MS);
  assert.is(shop.service.state()?.totals.pending, 0, 'what was unpaid is void in its time');
});

test.run();
