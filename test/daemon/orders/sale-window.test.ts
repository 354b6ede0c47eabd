/** The first minutes: opened by the first live frame once, by a clock that nobody sets. */
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SaleWindowStore } from '../../../daemon/orders/sale-window-store.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import {
  article,
  FIRST_FRAME,
  MINUTE_MS,
  openShop,
  paid,
  reserve,
  scratchFolder,
  WINDOW_MS,
} from './support/shop.ts';

const test = suite('first minutes of a drop');
const DAY_MS = 86_400_000;
const COLLECTOR = article('print', { edition: 50, collector: true });
const FLASH = article('tee', { price: 3000, flash_price: 2000 });

test('collector’s items are sold from the first live frame until ten minutes later', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [COLLECTOR]);
  const early = await shop.service.take(reserve('early'));
  assert.ok(early.status === 'refused' && early.reason === 'closed' && !early.isPaid);
  shop.service.record(FIRST_FRAME);
  assert.is((await shop.service.take(paid('first'))).status, 'confirmed');
  await shop.clock.advance(WINDOW_MS - 1);
  assert.is((await shop.service.take(paid('last'))).status, 'confirmed');
  await shop.clock.advance(1);
  const late = await shop.service.take(paid('late'));
  assert.ok(late.status === 'refused' && late.reason === 'closed' && late.isPaid);
  assert.equal(shop.service.state()?.window, { phase: 'over', leftMs: 0 });
});

test('what was reserved within it is confirmed after it, at its price', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [COLLECTOR, FLASH]);
  shop.service.record(FIRST_FRAME);
  await shop.clock.advance(WINDOW_MS - MINUTE_MS);
  await shop.service.take(reserve('a'));
  await shop.service.take(reserve('b', 'tee'));
  await shop.clock.advance(2 * MINUTE_MS);
  assert.is((await shop.service.take(paid('a'))).status, 'confirmed');
  const pay = { amount: 2000, currency: 'EUR' };
  assert.is((await shop.service.take(paid('b', 'tee', pay))).status, 'confirmed');
  assert.is((await shop.service.take(paid('c', 'tee', pay))).status, 'refused');
});

test('a flash price holds in it only', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [FLASH]);
  const price = () => shop.service.state()?.articles[0]?.price;
  assert.is(price(), 3000);
  shop.service.record(FIRST_FRAME);
  assert.is(price(), 2000);
  await shop.clock.advance(WINDOW_MS);
  assert.is(price(), 3000);
});

test('a disk that failed at the start opens no second window, also where it failed at one file', async () => {
  using folder = scratchFolder();
  const path = join(folder.path, 'orders');
  const clock = new VirtualClock();
  {
    await using shop = await openShop(path, [COLLECTOR], clock);
    shop.service.record(FIRST_FRAME);
    await clock.advance(WINDOW_MS);
  }
  for (const file of [path, join(path, 'window.json')]) {
    renameSync(file, `${file}-kept`);
    // Linux has EIO for address 0 of a process.
    if (file === path) writeFileSync(file, '');
    else symlinkSync('/proc/self/mem', file);
    await using shop = await openShop(path, [COLLECTOR], clock);
    rmSync(file);
    renameSync(`${file}-kept`, file);
    const isOpen = async () => {
      await clock.advance(1_000);
      return shop.service.state()?.fault === undefined;
    };
    await until(isOpen, 60_000);
    shop.service.record(FIRST_FRAME);
    assert.is(shop.service.state()?.window?.phase, 'over', file);
  }
});

test('a window whose file alone could not be read at the start goes on without another beginning', async () => {
  using folder = scratchFolder();
  const path = join(folder.path, 'window.json');
  const clock = new VirtualClock();
  {
    await using shop = await openShop(folder.path, [COLLECTOR], clock);
    shop.service.record(FIRST_FRAME);
    await clock.advance(MINUTE_MS);
  }
  renameSync(path, `${path}-kept`);
  symlinkSync('/proc/self/mem', path);
  await using shop = await openShop(folder.path, [COLLECTOR], clock);
  rmSync(path);
  renameSync(`${path}-kept`, path);
  assert.is(shop.service.state()?.window?.phase, 'before');
  await clock.advance(1_000);
  assert.is(shop.service.state()?.window?.phase, 'open');
});

test('a drop that began while the disk could not be used goes on once it can be', async () => {
  using folder = scratchFolder();
  const boot = { bootId: 'run-1', sinceBootMs: () => 0 };
  const away = new SaleWindowStore('/dev/null/window.json', boot, silentLog);
  await away.begin('friday');
  const store = new SaleWindowStore(join(folder.path, 'window.json'), boot, silentLog, away);
  assert.is(store.state('friday', WINDOW_MS).phase, 'open');
});

test('a clock that is set by a day neither opens nor closes it', async () => {
  for (const jumpMs of [-DAY_MS, DAY_MS]) {
    using folder = scratchFolder();
    let jumpedMs = 0;
    const clock = new VirtualClock();
    const wall = clock.wallMs.bind(clock);
    clock.wallMs = () => wall() + jumpedMs;
    await using shop = await openShop(folder.path, [COLLECTOR], clock);
    jumpedMs = jumpMs;
    assert.is(shop.service.state()?.window?.phase, 'before');
    shop.service.record(FIRST_FRAME);
    jumpedMs = 0;
    await clock.advance(MINUTE_MS);
    jumpedMs = jumpMs;
    assert.equal(shop.service.state()?.window, { phase: 'open', leftMs: WINDOW_MS - MINUTE_MS });
    await clock.advance(WINDOW_MS);
    jumpedMs = -jumpMs;
    assert.is(shop.service.state()?.window?.phase, 'over');
  }
});

test('a payment of the window that comes late is taken, and one of before or after it is not', async () => {
  using folder = scratchFolder();
  const clock = new VirtualClock();
  await using shop = await openShop(folder.path, [COLLECTOR], clock);
  const beganMs = clock.wallMs() + MINUTE_MS;
  await clock.advance(MINUTE_MS);
  shop.service.record(FIRST_FRAME);
  await clock.advance(WINDOW_MS + 5 * MINUTE_MS);
  let count = 0;
  const taken = async (sentMs: number, more: object = {}) => {
    count += 1;
    return (await shop.service.take(paid(`o${count}`, 'print', { sentMs, ...more }))).status;
  };
  assert.is(await taken(beganMs + WINDOW_MS - 1_000), 'confirmed');
  assert.is(await taken(beganMs + WINDOW_MS + 1_000), 'refused');
  assert.is(await taken(beganMs - 1_000), 'refused');
  // Others have no clock of a payment service.
  assert.is(await taken(beganMs + 1_000, { source: 'mqtt' }), 'refused');
  await clock.advance(30 * MINUTE_MS);
  assert.is(await taken(beganMs + 1_000), 'refused');
});

test('neither a clock that jumps by a day nor one that is not set opens it for late payments', async () => {
  for (const [jumpMs, isClockFree] of [
    [DAY_MS, false],
    [-DAY_MS, false],
    [0, true],
  ] as const) {
    using folder = scratchFolder();
    const clock = new VirtualClock();
    const wall = clock.wallMs.bind(clock);
    const boot = { bootId: 'run-1', sinceBootMs: () => clock.monotonicMs() };
    await using shop = await openShop(folder.path, [COLLECTOR], clock, boot, isClockFree);
    shop.service.record(FIRST_FRAME);
    const sentMs = clock.wallMs() + MINUTE_MS;
    await clock.advance(2 * MINUTE_MS);
    const early = await shop.service.take(paid('early', 'print', { sentMs }));
    assert.is(early.status, 'confirmed');
    await clock.advance(WINDOW_MS);
    clock.wallMs = () => wall() + jumpMs;
    assert.is((await shop.service.take(paid('late', 'print', { sentMs }))).status, 'refused');
  }
});

test('in a rush the box is not asked about its clock by each order', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [COLLECTOR]);
  shop.service.record(FIRST_FRAME);
  await shop.clock.advance(WINDOW_MS + 5 * MINUTE_MS);
  const sentMs = shop.clock.wallMs() - 1_000;
  const ids = Array.from({ length: 100 }, (_, n) => `o${n}`);
  await Promise.all(ids.map((id) => shop.service.take(paid(id, 'print', { sentMs }))));
  assert.ok(shop.clockAsks <= 2, `${shop.clockAsks} times: by the ledger's writes alone`);
});

test('a second start of the same drop does not open it again, and another drop does', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, [COLLECTOR]);
  shop.service.record(FIRST_FRAME);
  await shop.clock.advance(WINDOW_MS);
  shop.service.record(FIRST_FRAME);
  assert.is(shop.service.state()?.window?.phase, 'over');
  shop.catalogue = { ...shop.catalogue, drop: 'saturday' };
  shop.service.record(FIRST_FRAME);
  assert.is(shop.service.state()?.window?.phase, 'open');
});

test('it is that of the drop, also for what is offered later', async () => {
  using folder = scratchFolder();
  await using shop = await openShop(folder.path, []);
  shop.service.record(FIRST_FRAME);
  await shop.clock.advance(MINUTE_MS);
  shop.catalogue = { ...shop.catalogue, articles: [COLLECTOR] };
  assert.equal(shop.service.state()?.window, { phase: 'open', leftMs: WINDOW_MS - MINUTE_MS });
});

test('it goes on over a restart of the program: guests’ time has passed', async () => {
  using folder = scratchFolder();
  const clock = new VirtualClock();
  const boot = { bootId: 'run-1', sinceBootMs: () => clock.monotonicMs() };
  {
    await using shop = await openShop(folder.path, [COLLECTOR], clock, boot);
    shop.service.record(FIRST_FRAME);
    await clock.advance(MINUTE_MS);
  }
  await clock.advance(3 * MINUTE_MS);
  await using again = await openShop(folder.path, [COLLECTOR], clock, boot);
  again.service.record(FIRST_FRAME);
  assert.is(again.service.state()?.window?.leftMs, WINDOW_MS - 4 * MINUTE_MS);
});

test('after a restart of the machine it goes on where it was: nobody could buy meanwhile', async () => {
  using folder = scratchFolder();
  const path = `${folder.path}/window.json`;
  let nowMs = 5_000;
  const boot = { bootId: 'run-1', sinceBootMs: () => nowMs };
  const before = new SaleWindowStore(path, boot, silentLog);
  await before.begin('friday');
  nowMs += 4 * MINUTE_MS;
  await before.refresh('friday', WINDOW_MS);
  nowMs = 70_000;
  const again = new SaleWindowStore(path, { ...boot, bootId: 'run-2' }, silentLog);
  assert.is(again.state('friday', WINDOW_MS).leftMs, WINDOW_MS - 4 * MINUTE_MS);
  nowMs += MINUTE_MS;
  assert.is(again.state('friday', WINDOW_MS).leftMs, WINDOW_MS - 5 * MINUTE_MS);
  nowMs += DAY_MS;
  assert.is(again.state('friday', WINDOW_MS).phase, 'over');
});

test.run();
