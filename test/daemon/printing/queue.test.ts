/** 200 slips over paper-outs, open covers, unplugs, kills and power cuts: each exactly once, or flagged. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PrintQueue, QueueFull } from '../../../daemon/printing/queue.ts';
import { MAX_OPEN, openPrintStore } from '../../../daemon/printing/store.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { type Disk, systemDisk } from '../../../hal/os/save-file.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { Paper } from '../../../hal/printer/paper/escpos-render.ts';
import type { PrintDocument, Printer } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES, type PrinterProfile } from '../../../hal/printer/profiles.ts';
import { openSimulatedPrinter } from '../../../hal/printer/simulated.ts';
import type { OpenTransport } from '../../../hal/printer/transport/transport.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('print queue');
const SPEED = 500;
const clock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * SPEED,
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};
const os = { clock, log: silentLog };

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'prints-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Dies with its process: what comes after does not reach the disk. */
function mortalDisk() {
  const life = { isDead: false };
  const steps = Object.entries(systemDisk).map(([name, work]) => [
    name,
    async (...args: unknown[]) => {
      if (life.isDead) throw new Error('killed');
      return await (work as (...all: unknown[]) => Promise<unknown>)(...args);
    },
  ]);
  return { life, disk: Object.fromEntries(steps) as unknown as Disk };
}

const documentOf = (id: string): PrintDocument => [
  { kind: 'text', text: `BEGIN ${id}` },
  { kind: 'rule' },
  { kind: 'feed', lines: 2 },
  { kind: 'text', text: `END ${id}` },
];

interface Options {
  readonly folder: string;
  readonly printer: Printer;
  readonly disk?: Disk;
  readonly onDamaged?: (file: string) => void;
  readonly perHour?: number;
  readonly pausedBy?: () => string | undefined;
}

async function openQueue({
  folder,
  printer,
  disk = systemDisk,
  onDamaged = () => undefined,
  perHour = 3600,
  ...options
}: Options) {
  const store = await openPrintStore(folder, silentLog, { disk, onDamaged });
  return new PrintQueue({
    ...{ store, printer, perHour: () => perHour, pausedBy: () => undefined, ...os, ...options },
    render: async ({ id }) => documentOf(id),
  });
}

/** A printer that outlives the box, and a person who puts right what is wrong with it. */
function openVenue(profile: PrinterProfile, random: () => number) {
  const papers: Paper[] = [];
  const onPaper = (paper: Paper) => papers.push(paper);
  const device = openSimulatedPrinter({ ...os, profile, rollMm: 20_000, onPaper });
  const between = (max: number) => Math.floor(random() * max);
  let onKill = () => {};
  const break_ = (): 'go on' | 'cut' => {
    const fault = random();
    if (fault < 0.12) device.insertRoll(between(40));
    else if (fault < 0.2) device.setCover(true);
    else if (fault < 0.28) {
      device.setPlugged(false);
      return 'cut';
    } else if (fault < 0.36) onKill();
    return 'go on';
  };
  const open: OpenTransport = async (signal) => {
    const transport = await device.open(signal);
    return {
      ...transport,
      [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
      write: async (bytes, stop, onSent) => {
        if (onSent === undefined) return await transport.write(bytes, stop);
        const at = between(bytes.length + 1);
        if (at > 0) await transport.write(bytes.subarray(0, at), stop, onSent);
        if (break_() === 'cut') throw new HalError('GONE', 'unplugged');
        stop.throwIfAborted();
        await transport.write(bytes.subarray(at), stop, () => onSent(bytes.length));
      },
    };
  };
  return {
    papers,
    open,
    repair: () => {
      if (!device.hasPaper()) device.insertRoll(20_000);
      device.setCover(false);
      device.setPlugged(true);
    },
    onKill: (kill: () => void) => {
      onKill = kill;
    },
  };
}

const isThere = (papers: readonly Paper[], id: string) =>
  papers.filter(({ text }) => text.includes(`BEGIN ${id}`) && text.includes(`END ${id}`)).length;

for (const [seed, model, min] of [
  [1, 'epson-80', 100],
  [2, 'generic-80', 100],
  [3, 'generic-58', 60],
] as const) {
  test(`${model}: of 70 slips each comes out once, or a person is asked to look`, () =>
    withFolder(async (folder) => {
      const profile = PRINTER_PROFILES[model];
      const random = seeded(seed);
      const venue = openVenue(profile, random);
      const flagged = new Set<string>();
      const ids = Array.from({ length: 70 }, (_, index) => `t${seed}-${index}`);
      let next = 0;
      let kills = 0;
      const stop = AbortSignal.timeout(60_000);
      const person = setInterval(venue.repair, 15);
      try {
        for (let isOver = false; !isOver; ) {
          stop.throwIfAborted();
          const { life, disk } = mortalDisk();
          const box = new AbortController();
          venue.onKill(() => {
            life.isDead = true;
            kills += 1;
            box.abort(new Error('killed'));
          });
          const queue = await openQueue({
            folder,
            printer: openPrinter(venue.open, profile, os),
            disk,
          });
          const running = queue.run(box.signal);
          while (!box.signal.aborted && !isOver) {
            stop.throwIfAborted();
            for (const { id, phase } of queue.jobs()) {
              if (phase !== 'uncertain') continue;
              flagged.add(id);
              await queue.resolve(id).catch(() => undefined);
            }
            const id = ids[next];
            // Only what the disk has is acknowledged, and not asked for again.
            if (id !== undefined && queue.figures().waiting < 5) {
              await queue.add(id, id, { document: 'status' }).then(
                () => {
                  next += 1;
                },
                () => undefined,
              );
            }
            isOver = next === ids.length && queue.figures().waiting === 0;
            await systemClock.sleep(1);
          }
          box.abort(new Error('the end'));
          await running;
        }
      } finally {
        clearInterval(person);
      }
      const doubled = ids.filter((id) => isThere(venue.papers, id) > 1);
      assert.equal(doubled, [], 'printed twice');
      const lost = ids.filter((id) => isThere(venue.papers, id) === 0 && !flagged.has(id));
      assert.equal(lost, [], 'neither printed nor flagged');
      assert.ok(kills > 0, 'nothing was killed');
      const once = ids.filter((id) => isThere(venue.papers, id) === 1).length;
      assert.ok(once > (min * 70) / 200, `only ${once} of ${ids.length} came out`);
    }));
}

const never = new AbortController().signal;

function openWell() {
  const papers: Paper[] = [];
  const profile = PRINTER_PROFILES['epson-80'];
  const onPaper = (paper: Paper) => papers.push(paper);
  return { papers, ...openSimulatedPrinter({ ...os, profile, rollMm: 20_000, onPaper }) };
}

test('slips that wait for paper are printed after a restart, in their order', () =>
  withFolder(async (folder) => {
    const { printer, papers, insertRoll } = openWell();
    insertRoll(0);
    const first = await openQueue({ folder, printer });
    const box = new AbortController();
    const running = first.run(box.signal);
    for (const id of ['a', 'b', 'c']) await first.add(id, id, { document: 'status' });
    assert.is((await first.followed('a', never)).reason, 'it is out of paper');
    box.abort();
    await running;
    insertRoll(5_000);
    const second = await openQueue({ folder, printer });
    const again = new AbortController();
    const done = second.run(again.signal);
    while (second.figures().waiting > 0) await systemClock.sleep(2);
    assert.equal(
      papers.map(({ text }) => text[0]),
      ['BEGIN a', 'BEGIN b', 'BEGIN c'],
    );
    again.abort();
    await done;
  }));

test('a slip is taken once by its id, and no more than the queue holds', () =>
  withFolder(async (folder) => {
    const queue = await openQueue({ folder, printer: openWell().printer });
    for (let n = 0; n < MAX_OPEN; n += 1) await queue.add(`s${n}`, 's', { document: 'status' });
    await queue.add('s0', 'other', { document: 'address' });
    const more = await queue
      .add('more', 's', { document: 'status' })
      .catch((error: unknown) => error);
    assert.instance(more, QueueFull);
    assert.is(queue.jobs().length, MAX_OPEN);
  }));

test('no more than the hour’s budget is printed, and the rest says why it waits', () =>
  withFolder(async (folder) => {
    const { printer, papers } = openWell();
    const queue = await openQueue({ folder, printer, perHour: 2 });
    const box = new AbortController();
    for (const id of ['a', 'b', 'c']) await queue.add(id, id, { document: 'status' });
    const running = queue.run(box.signal);
    assert.match((await queue.followed('c', never)).reason ?? '', /max_per_hour \(2\) is reached/);
    assert.is(papers.length, 2);
    box.abort();
    await running;
  }));

test('a slip that no printer prints fails at once, and those behind it come out', () =>
  withFolder(async (folder) => {
    const { printer, papers } = openWell();
    const tooMuch: PrintDocument = [{ kind: 'qr', data: 'x'.repeat(5_000) }];
    const store = await openPrintStore(folder, silentLog);
    const queue = new PrintQueue({
      ...{ store, printer, perHour: () => 1, pausedBy: () => undefined, ...os },
      render: async ({ id }) => (id === 'bad' ? tooMuch : documentOf(id)),
    });
    const box = new AbortController();
    for (const id of ['bad', 'good']) await queue.add(id, id, { document: 'status' });
    const running = queue.run(box.signal);
    assert.is((await queue.followed('bad', never)).phase, 'failed');
    // Nothing of the hour's budget was spent on it.
    assert.is((await queue.followed('good', never)).phase, 'printed');
    assert.is(papers.length, 1);
    box.abort();
    await running;
  }));

test('a damaged file is put aside and named, and the others are printed', () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'slip-x.json'), '{"id": "x", "phase": "wai');
    const { printer, papers } = openWell();
    const damaged: string[] = [];
    const onDamaged = (file: string) => void damaged.push(file);
    const queue = await openQueue({ folder, printer, onDamaged });
    assert.equal(damaged, ['slip-x.json']);
    await queue.add('y', 'y', { document: 'status' });
    const box = new AbortController();
    const running = queue.run(box.signal);
    assert.is((await queue.followed('y', never)).phase, 'printed');
    assert.is(papers.length, 1);
    box.abort();
    await running;
    assert.equal((await readdir(folder)).toSorted(), ['slip-x.json.bad', 'slip-y.json']);
  }));

test.run();
