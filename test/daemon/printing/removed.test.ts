/** A slip that a person wants no more: by the command, while it waits, and once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPrintCommand } from '../../../daemon/printing/print-command.ts';
import { PrintQueue } from '../../../daemon/printing/queue.ts';
import { MAX_OPEN, type PrintStore } from '../../../daemon/printing/store.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Printer } from '../../../hal/printer/port.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('removed slips');
const never = new AbortController().signal;
const turn = () => systemClock.sleep(1);

function open(status: () => ReturnType<Printer['status']>) {
  const clock = new VirtualClock();
  const slips = new Map<string, ReturnType<PrintQueue['jobs']>[number]>();
  const disk = { save: (): Promise<void> => Promise.resolve() };
  const store: PrintStore = {
    jobs: () => [...slips.values()],
    save: async (job) => {
      await disk.save();
      slips.set(job.id, job);
    },
  };
  const printed: number[] = [];
  const printer: Printer = {
    status,
    print: async () => {
      printed.push(printed.length);
      return { outcome: 'printed' };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const deps = { clock, log: silentLog, pausedBy: () => undefined };
  const hour = { perHour: () => 10, render: async () => [] };
  const queue = new PrintQueue({ store, printer, ...hour, ...deps });
  const config = { printer: { driver: 'usb' } } as Parameters<typeof openPrintCommand>[0]['config'];
  const print = openPrintCommand({ config, queue, ...deps });
  const remove = (slip: string, isDryRun = false) => print({ do: 'remove', slip }, isDryRun, never);
  return { queue, print, remove, printed, disk, clock };
}

const well = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false } as const;
const empty = { ...well, paper: 'out' } as const;

test('one that waits for paper is removed, the others are printed, and it is not taken again', async () => {
  let status: typeof well | typeof empty = empty;
  const { queue, print, remove, printed, clock } = open(async () => status);
  const box = new AbortController();
  const running = queue.run(box.signal);
  for (const id of ['a', 'b']) await queue.add(id, id, { document: 'status' });
  await queue.followed('a', never);
  const listed = await print({ do: 'list' }, false, never);
  assert.equal(
    (listed as { result: { id: string }[] }).result.map(({ id }) => id),
    ['a', 'b'],
  );
  assert.is((await remove('a', true)).detail, 'would remove a');
  assert.is((await remove('a')).status, 'done');
  assert.is((await remove('a')).detail, 'the slip does not wait any more');
  assert.is((await remove('x')).status, 'rejected');
  status = well;
  await clock.advance(10_000);
  while (queue.find('b')?.phase !== 'printed') await turn();
  // The order’s slip has this id: it is known, and stays as it is.
  const again = await queue.add('a', 'a', { document: 'status' });
  assert.equal([again.phase, again.reason, printed.length], ['failed', 'removed by hand', 1]);
  assert.is(queue.figures().failedTotal, 0);
  box.abort();
  await running;
});

test('one that is removed while the printer is asked, or while the disk writes that, is not printed', async () => {
  for (const where of ['status', 'disk'] as const) {
    let go: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      go = () => resolve();
    });
    let isAsked = false;
    const { queue, remove, printed, disk } = open(async () => {
      isAsked = true;
      await held;
      return well;
    });
    const box = new AbortController();
    await queue.add('a', 'a', { document: 'status' });
    const running = queue.run(box.signal);
    while (!isAsked) await turn();
    if (where === 'status') {
      await remove('a');
      go();
    } else {
      disk.save = () => turn().then(turn);
      const removing = remove('a');
      go();
      await removing;
    }
    for (let i = 0; i < 20; i += 1) await turn();
    assert.equal([queue.find('a')?.phase, printed.length], ['failed', 0], where);
    box.abort();
    await running;
  }
});

test('one that is being printed stays, and so does one whose removal the disk does not take', async () => {
  const { queue, remove, printed, disk } = open(async () => well);
  const box = new AbortController();
  await queue.add('a', 'a', { document: 'status' });
  disk.save = async () => {
    throw new Error('no space');
  };
  assert.is((await remove('a')).status, 'failed');
  assert.is(queue.find('a')?.phase, 'waiting');
  disk.save = async () => undefined;
  const running = queue.run(box.signal);
  while (queue.find('a')?.phase !== 'printed') await turn();
  assert.is((await remove('a')).detail, 'the slip does not wait any more');
  assert.is(printed.length, 1);
  box.abort();
  await running;
});

test('a full queue takes slips again once one is removed', async () => {
  const { queue, remove } = open(async () => empty);
  for (let n = 0; n < MAX_OPEN; n += 1) await queue.add(`s${n}`, 's', { document: 'status' });
  await remove('s3');
  assert.is((await queue.add('more', 's', { document: 'status' })).phase, 'waiting');
});

test.run();
