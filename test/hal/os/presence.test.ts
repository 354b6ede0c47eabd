import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Presence, watchList, watchPresence } from '../../../hal/os/presence.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('presence');

/** Collects what is told while the clock is moved. */
function collect<T>(open: (signal: AbortSignal) => AsyncIterable<T>) {
  const stop = new AbortController();
  const told: T[] = [];
  const ended = (async () => {
    for await (const one of open(stop.signal)) told.push(one);
  })();
  return {
    told,
    end: async () => {
      stop.abort();
      await ended;
    },
  };
}

test('the present state comes first, and each change within a second', async () => {
  const clock = new VirtualClock();
  let fault: string | undefined;
  const check = async () => {
    if (fault !== undefined) throw new Error(fault);
  };
  const seen = collect<Presence>((signal) => watchPresence(check, clock, signal));
  await clock.advance(0);
  fault = 'unplugged';
  await clock.advance(1000);
  await clock.advance(5000);
  fault = undefined;
  await clock.advance(1000);
  assert.equal(seen.told, [
    { phase: 'there' },
    { phase: 'away', reason: 'unplugged' },
    { phase: 'there' },
  ]);
  await seen.end();
});

test('a list is asked for only when its trace changes, and told only when it is another', async () => {
  const clock = new VirtualClock();
  let trace = 'a';
  let devices = ['x'];
  let asked = 0;
  const list = async () => {
    asked += 1;
    return devices;
  };
  const seen = collect((signal) => watchList(async () => trace, list, clock, signal));
  await clock.advance(10_000);
  assert.is(asked, 1);
  trace = 'b';
  await clock.advance(1000);
  assert.is(asked, 2);
  [trace, devices] = ['c', []];
  await clock.advance(1000);
  assert.equal(seen.told, [['x'], []]);
  await seen.end();
});

test('a list that fails is asked for again, and ends nothing', async () => {
  const clock = new VirtualClock();
  let failures = 2;
  const list = async () => {
    failures -= 1;
    if (failures >= 0) throw new Error('not yet readable');
    return ['x'];
  };
  const seen = collect((signal) => watchList(async () => 'a', list, clock, signal));
  await clock.advance(400);
  assert.equal(seen.told, []);
  await clock.advance(2000);
  assert.equal(seen.told, [['x']]);
  await seen.end();
});

test.run();
