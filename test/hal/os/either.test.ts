import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { either } from '../../../hal/os/either.ts';

const test = suite('either of several signals');

test('it aborts with the first, and for its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using ends = either(one.signal, other.signal);
  assert.not(ends.signal.aborted);
  other.abort('the other');
  one.abort('the one');
  assert.is(ends.signal.reason, 'the other');
});

test('one that is aborted already counts at once', () => {
  using ends = either(new AbortController().signal, AbortSignal.abort('before'));
  assert.is(ends.signal.reason, 'before');
});

test('when it is disposed of, nothing listens any more', () => {
  const long = new AbortController();
  const listening = new Set<unknown>();
  const { addEventListener } = long.signal;
  long.signal.addEventListener = (...args: readonly unknown[]) => {
    const { signal } = args[2] as { signal: AbortSignal };
    listening.add(args[1]);
    signal.addEventListener('abort', () => listening.delete(args[1]));
    Reflect.apply(addEventListener, long.signal, args);
  };
  const ends = either(long.signal);
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
  const all = Array.from({ length: 20 }, () => either(long.signal));
  const ends = either(long.signal);
  for (let i = 0; i < 20; i += 1) ends.signal.addEventListener('abort', () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  for (const one of [...all, ends]) one[Symbol.dispose]();
  assert.equal(warnings, []);
});

test.run();
