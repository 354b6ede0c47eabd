/** Tests of waiting, time limits and combined signals. */
import { getEventListeners } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  anySignal,
  Condition,
  every,
  pause,
  turns,
  unlessAborted,
  untilAborted,
  withTimeout,
} from '../../../hal/os/async.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('waiting');

test('a combined signal aborts with the first, and for its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using ends = anySignal(one.signal, other.signal);
  assert.not(ends.signal.aborted);
  other.abort('the other');
  one.abort('the one');
  assert.is(ends.signal.reason, 'the other');
});

test('a combined signal of one that is aborted already is aborted', () => {
  using ends = anySignal(new AbortController().signal, AbortSignal.abort('before'));
  assert.is(ends.signal.reason, 'before');
});

test('a combined signal that is disposed of leaves no listener', () => {
  const long = new AbortController();
  const listening = new Set<unknown>();
  const { addEventListener } = long.signal;
  long.signal.addEventListener = (...args: readonly unknown[]) => {
    const { signal } = args[2] as { signal: AbortSignal };
    listening.add(args[1]);
    signal.addEventListener('abort', () => listening.delete(args[1]));
    Reflect.apply(addEventListener, long.signal, args);
  };
  const ends = anySignal(long.signal);
  assert.is(listening.size, 1);
  ends[Symbol.dispose]();
  assert.is(listening.size, 0);
  long.abort();
  assert.not(ends.signal.aborted);
});

test('as many may wait for one signal as there are, without a warning', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', note);
  const long = new AbortController();
  const all = Array.from({ length: 20 }, () => anySignal(long.signal));
  const ends = anySignal(long.signal);
  for (let i = 0; i < 20; i += 1) ends.signal.addEventListener('abort', () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  for (const one of [...all, ends]) one[Symbol.dispose]();
  assert.equal(warnings, []);
});

test('waiting for an abort ends with it, at once if it has been', async () => {
  await untilAborted(AbortSignal.abort());
  const ending = new AbortController();
  let isOver = false;
  const waiting = untilAborted(ending.signal).then(() => {
    isOver = true;
  });
  await settle();
  assert.not(isOver);
  ending.abort();
  await waiting;
});

test('work gives its result, or the reason of the abort that comes before', async () => {
  const signal = new AbortController().signal;
  assert.is(await unlessAborted(Promise.resolve(7), signal), 7);
  assert.is(await failure(unlessAborted(Promise.reject('broken'), signal)), 'broken');
  const ending = new AbortController();
  const waiting = failure(unlessAborted(new Promise(() => undefined), ending.signal));
  ending.abort('the end');
  assert.is(await waiting, 'the end');
  assert.is(await failure(unlessAborted(Promise.resolve(7), AbortSignal.abort('late'))), 'late');
});

test('a pause is true when its time is over and false when it was aborted', async () => {
  const clock = new VirtualClock();
  const ending = new AbortController();
  const first = pause(clock, 100, ending.signal);
  await clock.advance(100);
  assert.is(await first, true);
  const second = pause(clock, 100, ending.signal);
  ending.abort();
  assert.is(await second, false);
  assert.is(await pause(clock, 100, ending.signal), false);
});

test('work over its time limit is aborted, and rejects also when it heeds nothing', async () => {
  const clock = new VirtualClock();
  const limit = { clock, timeoutMs: 100, timeoutError: () => new Error('too late') };
  assert.is(await withTimeout(async () => 7, limit), 7);
  let reason: unknown;
  const deaf = (signal: AbortSignal) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    return new Promise(() => undefined);
  };
  const waiting = failure(withTimeout(deaf, limit));
  await clock.advance(99);
  assert.is(reason, undefined);
  await clock.advance(1);
  assert.is(((await waiting) as Error).message, 'too late');
  assert.is((reason as Error).message, 'too late');
});

test('work under a time limit is aborted by its signal, for its reason', async () => {
  const limit = { clock: new VirtualClock(), timeoutMs: 100, timeoutError: () => new Error() };
  const ending = new AbortController();
  const fails = (signal: AbortSignal) =>
    untilAborted(signal).then(() => Promise.reject(new Error('interrupted')));
  const waiting = failure(withTimeout(fails, { ...limit, signal: ending.signal }));
  ending.abort('the end');
  assert.is(await waiting, 'the end');
  const aborted = { ...limit, signal: AbortSignal.abort('before') };
  assert.is(await failure(withTimeout(async () => 7, aborted)), 'before');
});

function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.unreachable('it did not fail'),
    (error: unknown) => error,
  );
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

test('a condition wakes every waiting task, and none that waits later', async () => {
  const condition = new Condition();
  const { signal } = new AbortController();
  const woken: string[] = [];
  const wait = async (name: string) => {
    await condition.wait(signal);
    woken.push(name);
  };
  const waits = [wait('first'), wait('second')];
  condition.notifyAll();
  const later = wait('later');
  await Promise.all(waits);
  assert.equal(woken, ['first', 'second']);
  condition.notifyAll();
  await later;
  assert.equal(woken, ['first', 'second', 'later']);
});

test('the wait for a condition ends with its signal, and leaves no listener', async () => {
  const condition = new Condition();
  const stop = new AbortController();
  for (let wait = 0; wait < 20; wait += 1) {
    const notified = condition.wait(stop.signal);
    condition.notifyAll();
    await notified;
  }
  assert.is(getEventListeners(stop.signal, 'abort').length, 0);
  const aborted = condition.wait(stop.signal);
  stop.abort();
  await aborted;
  await condition.wait(stop.signal);
});

test('repeated work that throws rejects for whoever waits, and is not done again', async () => {
  let calls = 0;
  const failing = every(1, new AbortController().signal, () => {
    calls += 1;
    throw new Error('broken');
  });
  const reason = await failing.catch((error: Error) => error.message);
  assert.is(reason, 'broken');
  assert.is(calls, 1);
});

test('work is done in turn, also after some that failed, and each has its own outcome', async () => {
  const inTurn = turns();
  const seen: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const outcomes = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  assert.equal(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(
    seen,
    ['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test.run();
