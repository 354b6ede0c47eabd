/** Tickets of orders: each put into the queue once, over restarts and damaged files. */
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderConfirmed } from '../../../daemon/model/orders.ts';
import type { HeldTickets } from '../../../daemon/model/prints.ts';
import type { Claim } from '../../../daemon/printing/claim.ts';
import type { Content, PrintJob } from '../../../daemon/printing/job.ts';
import { runOrderTickets } from '../../../daemon/printing/order-tickets.ts';
import { QueueFull } from '../../../daemon/printing/queue.ts';
import { openPrintStore } from '../../../daemon/printing/store.ts';
import { wordsIn } from '../../../daemon/printing/text/words.ts';
import { renderTicket } from '../../../daemon/printing/ticket.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';

const test = suite('tickets of orders');
const LONG_MS = 60_000;
const DROP = { id: 'late-set', title: 'Late set' };
const clock = {
  ...systemClock,
  sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(2, signal),
};

const orderOf = (seq: number) => ({
  ...{ seq, orderId: `o${seq}`, drop: DROP.id, item: { id: 'poster', name: 'Poster' } },
  ...{ quantity: 1, numbers: [seq], atMs: 0, source: 'cash' as const },
});

/** A box whose slips are in memory and whose note of them is in a folder. */
async function openRoom() {
  const folder = await mkdtemp(join(tmpdir(), 'order-tickets-'));
  const state = { sold: 0 };
  const all: OrderConfirmed[] = Array.from({ length: 20 }, (_, index) => orderOf(index + 1));
  const orders = {
    confirmedAfter: (seq: number, max: number) =>
      all
        .slice(0, state.sold)
        .filter((one) => one.seq > seq)
        .slice(0, max),
  };
  const slips = new Map<string, Content>();
  const damaged: string[] = [];
  /** One run of the box, until so many slips are queued; `onAdd` may throw, as if it was killed. */
  const run = async (
    count: number,
    onAdd: () => void = () => undefined,
    onBad: () => void = () => undefined,
  ) => {
    const box = new AbortController();
    const queue = {
      jobs: () =>
        [...slips].map(([id, content]) => ({ id, content, phase: 'printed' }) as PrintJob),
      add: async (id: string, _title: string, content: Content) => {
        onAdd();
        slips.set(id, content);
        return {} as PrintJob;
      },
      heldByBox: () => undefined,
    };
    const drops = { present: () => DROP, justEnded: () => undefined };
    const onDamaged = (file: string) => {
      damaged.push(file);
      onBad();
    };
    const given = { orders, drops, queue, folder, onDamaged, onHeld: () => undefined };
    const running = runOrderTickets({ ...given, isOn: true, clock, log: silentLog }, box.signal);
    running.catch(() => undefined);
    await until(() => slips.size >= count, LONG_MS);
    // It saves the note of them before it ends.
    box.abort();
    await running;
  };
  const end = () => rm(folder, { recursive: true, force: true });
  return { folder, state, all, orders, slips, damaged, run, [Symbol.asyncDispose]: end };
}

const codeOf = ({ piece, pieces }: Claim) => `${piece} of ${pieces}`;

const idsOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `order-${from + n}-o${from + n}`);

test('each order is queued once over restarts, and those before the printer never', async () => {
  await using room = await openRoom();
  const { state, slips, damaged, run } = room;
  state.sold = 3;
  await run(0);
  state.sold = 10;
  await run(7);
  state.sold = 20;
  let isKilled = false;
  // Between the slip and the note that it was made: it is asked for again.
  await run(17, () => {
    if (slips.size !== 9 || isKilled) return;
    isKilled = true;
    throw new Error('killed');
  });
  assert.equal([...slips.keys()], idsOf(4, 20));
  for (const content of slips.values()) {
    assert.is(content.document === 'ticket' && content.title, DROP.title);
  }
  assert.equal(damaged, []);
});

test('each piece of a large order has its stub: it has several slips', async () => {
  await using room = await openRoom();
  const { state, slips, all, run } = room;
  await run(0);
  all[0] = { ...orderOf(1), quantity: 100, numbers: [] };
  state.sold = 1;
  await run(5);
  const ids = ['', '-2', '-3', '-4', '-5'].map((end) => `order-1-o1${end}`);
  assert.equal([...slips.keys()], ids);
  const documents = [...slips.values()].map(
    (one) =>
      one.document === 'ticket' &&
      renderTicket(one.order, { title: '', copy: 1, slip: one.slip, words: wordsIn('en') }, codeOf),
  );
  const blocks = documents.flatMap((one) => one || []);
  const codes = blocks.flatMap((one) => (one.kind === 'qr' ? one.data : []));
  assert.equal(
    codes,
    Array.from({ length: 100 }, (_, index) => `${index + 1} of 100`),
  );
  const crews = blocks.filter((one) => one.kind === 'text' && one.text === 'ORDER o1');
  assert.is(crews.length, 1);
});

test('a damaged note is put aside and named, and goes on behind the last order that has a slip', async () => {
  for (const text of ['', '{"seq": 1', '{"seq": "7"}', 'null', '\0'.repeat(16)]) {
    await using room = await openRoom();
    const { folder, state, slips, damaged, run } = room;
    await run(0);
    state.sold = 8;
    await run(8);
    const path = join(folder, 'orders.json');
    await writeFile(path, text);
    state.sold = 12;
    await run(12);
    assert.equal([...slips.keys()], idsOf(1, 12), JSON.stringify(text));
    assert.equal(damaged, ['orders.json']);
    assert.is(await readFile(`${path}.bad`, 'utf8'), text);
  }
});

test('a note that cannot be read now holds the tickets until it can, and costs none', async () => {
  await using room = await openRoom();
  const { folder, state, slips, orders, damaged, run } = room;
  await run(0);
  state.sold = 5;
  const path = join(folder, 'orders.json');
  await rename(path, `${path}.kept`);
  // Linux has EIO for address 0 of a process.
  await symlink('/proc/self/mem', path);
  let held: HeldTickets | undefined;
  const box = new AbortController();
  const add = async (id: string, _title: string, content: Content) => {
    slips.set(id, content);
    return {} as PrintJob;
  };
  const deps = {
    ...{ folder, orders, clock, isOn: true, log: silentLog },
    ...{
      queue: { jobs: () => [], add, heldByBox: () => undefined },
      drops: { present: () => DROP, justEnded: () => undefined },
    },
    onDamaged: (file: string) => void damaged.push(file),
    onHeld: (now: HeldTickets | undefined) => {
      held = now;
    },
  };
  const running = runOrderTickets(deps, box.signal);
  const isReplaced = async () => !(await lstat(path)).isSymbolicLink();
  while (held === undefined && !(await isReplaced())) await systemClock.sleep(2);
  assert.match((held as HeldTickets | undefined)?.reason ?? '', 'EIO');
  assert.is(slips.size, 0);
  await rename(`${path}.kept`, path);
  while (slips.size < 5 || held !== undefined) await systemClock.sleep(2);
  assert.equal([...slips.keys()], idsOf(1, 5));
  assert.equal(damaged, []);
  box.abort();
  await running;
});

test('slips in a folder that cannot be read are missed, those of a new box are not', async () => {
  await using room = await openRoom();
  const folder = join(room.folder, 'prints');
  const onDamaged = (name: string) => void room.damaged.push(name);
  await openPrintStore(folder, silentLog, { onDamaged });
  assert.equal(room.damaged, []);
  // It answers ENOTDIR.
  await writeFile(folder, '');
  await openPrintStore(folder, silentLog, { onDamaged });
  assert.equal(room.damaged, ['prints']);
});

test('a power cut before a damaged note is replaced loses no order', async () => {
  await using room = await openRoom();
  const { folder, state, slips, run } = room;
  await run(0);
  state.sold = 8;
  await run(8);
  await writeFile(join(folder, 'orders.json'), 'torn');
  state.sold = 12;
  const cut = () => {
    throw new Error('power cut');
  };
  await run(8, undefined, cut).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'power cut'),
  );
  await run(12);
  assert.equal([...slips.keys()], idsOf(1, 12));
});

test('with a damaged note, and no slip of this ledger, what was sold before is not printed', async () => {
  await using room = await openRoom();
  const { folder, state, slips, damaged, run } = room;
  const of = { ...orderOf(5), orderId: 'of-another-ledger' };
  slips.set('other', { document: 'ticket', order: of });
  await writeFile(join(folder, 'orders.json'), 'torn');
  state.sold = 8;
  await run(0);
  state.sold = 9;
  await run(2);
  assert.equal([...slips.keys()], ['other', ...idsOf(9, 9)]);
  assert.equal(damaged, ['orders.json']);
});

test('tickets without room are reported once the printer stands still, until none waits', async () => {
  await using room = await openRoom();
  const { state, folder, slips } = room;
  let [places, minutes, fault]: [number, number, Error | undefined] = [2, 0, undefined];
  let waiting: Partial<PrintJob> = { phase: 'uncertain' };
  let [held, byBox]: (HeldTickets | undefined)[] = [];
  let tries = 0;
  const add = async (id: string, _title: string, content: Content) => {
    tries += 1;
    if (fault !== undefined) throw fault;
    if (!slips.has(id) && slips.size >= places) throw new QueueFull('64 slips wait');
    slips.set(id, content);
    return {} as PrintJob;
  };
  const onHeld = (now: HeldTickets | undefined) => {
    held = now;
  };
  const deps = {
    ...{ folder, onHeld, isOn: true, log: silentLog, onDamaged: () => undefined },
    queue: { jobs: () => [waiting as PrintJob], add, heldByBox: () => byBox },
    orders: room.orders,
    drops: { present: () => DROP, justEnded: () => undefined },
    clock: { ...clock, monotonicMs: () => minutes * 60_000 },
  };
  const box = new AbortController();
  const running = runOrderTickets(deps, box.signal);
  /** After two more tries. */
  const heldLater = async () => {
    const after = tries + 2;
    await until(() => tries >= after, LONG_MS);
    return held?.kind;
  };
  const reason = () => held?.reason;
  // What is sold before that is not printed.
  await until(() => existsSync(join(folder, 'orders.json')), LONG_MS);
  state.sold = 20;
  assert.is(await heldLater(), undefined);
  // In a rush the printer goes on, slip by slip.
  for (; minutes < 3; minutes += 1) {
    places += 1;
    assert.is(await heldLater(), undefined);
  }
  assert.is(await heldLater(), 'full');
  places += 1;
  assert.is(await heldLater(), 'full', 'the others still wait');
  assert.is(reason(), '64 slips wait');
  waiting = { phase: 'waiting', reason: 'its cover is open' };
  assert.is(await heldLater(), 'full');
  assert.is(reason(), 'its cover is open');
  byBox = { kind: 'hour', reason: 'printer.max_per_hour (2) is reached' };
  assert.is(await heldLater(), 'hour');
  fault = new Error('ENOSPC');
  assert.is(await heldLater(), 'not-saved');
  fault = undefined;
  places = 20;
  await until(() => slips.size === 20 && held === undefined, LONG_MS);
  assert.equal([...slips.keys()], idsOf(1, 20));
  box.abort();
  await running;
});

test.run();
