/** What the print queue does while no slip waits. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PrintJob } from '../../../daemon/printing/job.ts';
import { PrintQueue } from '../../../daemon/printing/queue.ts';
import type { PrintStore } from '../../../daemon/printing/store.ts';
import { untilAborted } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Printer } from '../../../hal/printer/port.ts';

const test = suite('print queue without slips');
const never = new AbortController().signal;

function open(pausedBy: () => string | undefined) {
  const seen: string[] = [];
  const slips = new Map<string, PrintJob>();
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
    ...{ clock: systemClock, log: silentLog },
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

test.run();
