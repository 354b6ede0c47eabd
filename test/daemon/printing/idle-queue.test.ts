/** What the print queue does while no slip waits, and for those who wait for one. */
import { mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { spentBefore, waitMs } from '../../../daemon/printing/budget.ts';
import type { PrintJob } from '../../../daemon/printing/job.ts';
import { followedBriefly } from '../../../daemon/printing/print-command.ts';
import { PrintQueue } from '../../../daemon/printing/queue.ts';
import { openPrintStore, type PrintStore } from '../../../daemon/printing/store.ts';
import { untilAborted } from '../../../hal/os/async.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Printer } from '../../../hal/printer/port.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('print queue: waiting');
const never = new AbortController().signal;

interface Earlier {
  readonly earlier?: readonly PrintJob[];
  readonly isClockSet?: () => boolean;
  readonly sinceBootMs?: number;
}

function open(
  pausedBy: () => string | undefined,
  clock: Clock = systemClock,
  { earlier = [], isClockSet = () => true, sinceBootMs = 0 }: Earlier = {},
) {
  const seen: string[] = [];
  const slips = new Map(earlier.map((job) => [job.id, job]));
  const store: PrintStore = {
    jobs: () => [...slips.values()],
    save: async (job) => void slips.set(job.id, job),
  };
  const printer: Printer = {
    status: async () => ({ phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false }),
    prepare: async (signal) => {
      seen.push('prepares');
      await untilAborted(signal);
      seen.push('gives way');
    },
    print: async () => {
      seen.push('prints');
      return { outcome: 'printed' };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const queue = new PrintQueue({
    ...{ store, printer, pausedBy, render: async () => [], perHour: () => 10 },
    ...{ clock, log: silentLog, isClockSet, boot: { sinceBootMs: () => sinceBootMs } },
  });
  return { queue, seen };
}

test('the printer is made ready, which gives way to a slip at once', async () => {
  const { queue, seen } = open(() => undefined);
  const box = new AbortController();
  const running = queue.run(box.signal);
  await queue.add('a', 'a', { document: 'status' });
  await queue.followed('a', never);
  while (seen.length < 4) await systemClock.sleep(1);
  await queue.add('b', 'b', { document: 'status' });
  await queue.followed('b', never);
  box.abort();
  await running;
  const each = ['prepares', 'gives way', 'prints'];
  assert.equal(seen.slice(0, 6), [...each, ...each]);
});

test('while power is saved it is left alone', async () => {
  const { queue, seen } = open(() => 'saving power');
  const box = new AbortController();
  const running = queue.run(box.signal);
  await systemClock.sleep(20);
  box.abort();
  await running;
  assert.equal(seen, []);
});

test('each of many slips says why it waits, and one that only waits for others does so too', async () => {
  const clock = new VirtualClock();
  const first = open(() => 'saving power', clock);
  const box = new AbortController();
  const ids = ['a', 'b', 'c', 'd'];
  for (const id of ids) await first.queue.add(id, id, { document: 'status' });
  const running = first.queue.run(box.signal);
  for (const id of ids) {
    assert.is((await first.queue.followed(id, never)).reason, 'saving power');
  }
  // One that comes later waits for the same.
  await first.queue.add('e', 'e', { document: 'status' });
  assert.is((await followedBriefly(first.queue, 'e', clock, never)).reason, 'saving power');
  assert.equal(new Set(first.queue.jobs().map(({ reason }) => reason)), new Set(['saving power']));
  box.abort();
  await running;
});

test('one that is not done after some seconds is answered as it is', async () => {
  const clock = new VirtualClock();
  const { queue } = open(() => undefined, clock);
  await queue.add('a', 'a', { document: 'status' });
  let answer: PrintJob | undefined;
  // The queue does not run, as behind a slip that takes minutes.
  const asked = followedBriefly(queue, 'a', clock, never).then((job) => {
    answer = job;
  });
  await clock.advance(1_000);
  assert.is(answer, undefined);
  await clock.advance(60_000);
  await asked;
  assert.equal([answer?.phase, answer?.reason], ['waiting', 'the printer is busy']);
});

test('what was printed before a restart counts for the hour, by a clock that may have been set', () => {
  const printed = (atMs: number) => ({ phase: 'printed', atMs }) as const;
  const [wallMs, nowMs, minuteMs] = [1_000_000_000, 50_000, 60_000];
  const waits = (...atMs: readonly number[]) =>
    waitMs(spentBefore(2, atMs.map(printed), wallMs, nowMs), nowMs) / minuteMs;
  assert.is(waits(wallMs - 10 * minuteMs), 0);
  assert.is(waits(wallMs - 5 * minuteMs, wallMs - 10 * minuteMs), 50);
  assert.is(waits(wallMs - 61 * minuteMs, wallMs), 0);
  // Set back by some minutes, and by a day.
  assert.is(waits(wallMs + 10 * minuteMs, wallMs + 11 * minuteMs), 60);
  assert.is(waits(wallMs + 1_440 * minuteMs, wallMs + 1_441 * minuteMs), 0);
  const others = ['waiting', 'failed', 'sending'] as const;
  const none = others.map((phase) => ({ phase, atMs: wallMs }));
  assert.equal(spentBefore(2, none, wallMs, nowMs).startedMs, []);
});

/** The hour's budget, printed so long ago. */
function printedAgo(agoMs: number): readonly PrintJob[] {
  const atMs = systemClock.wallMs() - agoMs;
  return Array.from({ length: 10 }, (_, n) => ({
    ...{ id: `old${n}`, number: n + 1, title: 'a', content: { document: 'status' }, copy: 1 },
    ...{ phase: 'printed', atMs },
  }));
}

test('slips since the machine was started count for the hour, also where its clock is never set', async () => {
  const given = { isClockSet: () => false, sinceBootMs: 60_000 };
  for (const [agoMs, isFull] of [
    [59_000, true],
    [120_000, false],
    [-120_000, false],
  ] as const) {
    const { queue } = open(() => undefined, systemClock, { ...given, earlier: printedAgo(agoMs) });
    const box = new AbortController();
    const running = queue.run(box.signal);
    await queue.add('a', 'a', { document: 'status' });
    const { reason = '' } = await queue.followed('a', never);
    assert.is(reason.includes('max_per_hour (10) is reached'), isFull, `${agoMs} ms ago`);
    box.abort();
    await running;
  }
});

test('slips of an earlier run keep none waiting until the clock is set', async () => {
  let isSet = false;
  const earlier = printedAgo(0);
  const { queue } = open(() => undefined, systemClock, { earlier, isClockSet: () => isSet });
  const box = new AbortController();
  const running = queue.run(box.signal);
  await queue.add('a', 'a', { document: 'status' });
  assert.is((await queue.followed('a', never)).phase, 'printed');
  isSet = true;
  await queue.add('b', 'b', { document: 'status' });
  assert.match((await queue.followed('b', never)).reason ?? '', /max_per_hour \(10\) is reached/);
  box.abort();
  await running;
});

test('a slip that cannot be read now is named, stays, and is printed after a start that can', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-prints-'));
  const content = { document: 'status' } as const;
  const job = { ...{ id: 'a', number: 1, title: 'a', content }, phase: 'waiting', atMs: 0 };
  await writeFile(join(folder, 'kept'), JSON.stringify({ ...job, copy: 1 }));
  // Linux has EIO for address 0 of a process.
  await symlink('/proc/self/mem', join(folder, 'slip-a.json'));
  const damaged: string[] = [];
  const onDamaged = (name: string) => void damaged.push(name);
  assert.equal((await openPrintStore(folder, silentLog, { onDamaged })).jobs(), []);
  assert.equal(
    [damaged, (await readdir(folder)).sort()],
    [[join(basename(folder), 'slip-a.json')], ['kept', 'slip-a.json']],
  );
  await rename(join(folder, 'kept'), join(folder, 'slip-a.json'));
  const [read] = (await openPrintStore(folder, silentLog)).jobs();
  assert.equal([read?.id, read?.phase], ['a', 'waiting']);
  await rm(folder, { recursive: true });
});

test.run();
