/** Tests of supervision and its pauses. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLog } from '../../../hal/os/log.ts';
import { type Supervised, supervise, WantedRestart } from '../../../hal/os/supervise.ts';
import { runAll } from '../../../hal/os/task.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('supervision');
const log = openLog('error', 'journal', () => undefined);
const policy = { firstPauseMs: 100, longestPauseMs: 800, healthyMs: 5_000 };

test('pauses double up to the longest, and start over after a healthy run', async () => {
  const clock = new VirtualClock();
  const ending = new AbortController();
  const startsMs: number[] = [];
  const task = async (signal: AbortSignal) => {
    startsMs.push(clock.monotonicMs());
    if (startsMs.length === 6) await clock.sleep(6_000, signal);
    throw new Error('broken');
  };
  const done = supervise('task', task, { policy, clock, log }, ending.signal);
  await clock.advance(20_000);
  ending.abort();
  await done;
  const pauses = startsMs.slice(1, 8).map((atMs, i) => atMs - (startsMs[i] ?? 0));
  assert.equal(pauses, [100, 200, 400, 800, 800, 6_100, 200]);
});

test('each change of state is reported, with the last failure', async () => {
  const clock = new VirtualClock();
  const ending = new AbortController();
  const reported: Supervised[] = [];
  const task = async () => {
    throw new Error('broken');
  };
  const done = supervise(
    'task',
    task,
    { policy, clock, log, onChange: (s) => reported.push(s) },
    ending.signal,
  );
  await clock.advance(150);
  ending.abort();
  await done;
  assert.equal(
    reported.map(({ phase }) => phase),
    ['running', 'pausing', 'running', 'pausing', 'stopped'],
  );
  assert.is(reported.at(-1)?.lastFailure, 'broken');
  assert.is(reported.at(-1)?.restartsTotal, 1);
});

test('a restart on purpose is no failure: it is soon each time, and without a warning', async () => {
  const clock = new VirtualClock();
  const ending = new AbortController();
  const startsMs: number[] = [];
  const reported: Supervised[] = [];
  const levels: string[] = [];
  const task = async () => {
    startsMs.push(clock.monotonicMs());
    throw new WantedRestart('the drop is over');
  };
  const noting = openLog('info', 'journal', (line) => levels.push(line.slice(0, 3)));
  const onChange = (supervised: Supervised) => reported.push(supervised);
  const options = { policy, clock, log: noting, onChange, isFatal: () => false };
  const done = supervise('task', task, options, ending.signal);
  await clock.advance(450);
  ending.abort();
  await done;
  assert.equal(startsMs, [0, 100, 200, 300, 400]);
  assert.is(reported.at(-1)?.lastFailure, undefined);
  assert.is(reported.at(-1)?.restartsTotal, 4);
  assert.equal(levels, ['<6>', '<6>', '<6>', '<6>', '<6>']);
});

test('a fatal failure is thrown', async () => {
  const clock = new VirtualClock();
  const task = async () => {
    throw new Error('no such port');
  };
  let thrown: unknown;
  await supervise(
    'task',
    task,
    { policy, clock, log, isFatal: () => true },
    new AbortController().signal,
  ).catch((error) => {
    thrown = error;
  });
  assert.match(String(thrown), 'no such port');
});

test('of tasks side by side the first failure ends the others, and all have settled', async () => {
  let hasSettled = false;
  const waits = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        hasSettled = true;
        resolve();
      });
    });
  const fails = async () => {
    throw new Error('first');
  };
  let thrown: unknown;
  await runAll([waits, fails], new AbortController().signal).catch((error) => {
    thrown = error;
  });
  assert.match(String(thrown), 'first');
  assert.ok(hasSettled);
});

test.run();
