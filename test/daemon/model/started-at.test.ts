/** Tests of the start time after clock changes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trackStartedAt } from '../../../daemon/model/state-store.ts';

const test = suite('when the box was started');

function fakeClock() {
  const at = { wallMs: Date.UTC(1970, 0, 1), monotonicMs: 500 };
  const clock = {
    wallMs: () => at.wallMs,
    monotonicMs: () => at.monotonicMs,
    sleep: async () => undefined,
  };
  return { at, startedAt: trackStartedAt(clock) };
}

test('a clock that the network sets moves the start with it, so that up time stays what it is', () => {
  const { at, startedAt } = fakeClock();
  assert.is(startedAt(), '1970-01-01T00:00:00.000Z');
  at.monotonicMs += 90_000;
  at.wallMs = Date.UTC(2026, 10, 23, 20, 1, 30);
  assert.is(startedAt(), '2026-11-23T20:00:00.000Z');
});

test('a clock that is slewed does not make it another start each second', () => {
  const { at, startedAt } = fakeClock();
  for (let second = 0; second < 60; second += 1) {
    at.monotonicMs += 1_000;
    at.wallMs += 1_000.4;
    assert.is(startedAt(), '1970-01-01T00:00:00.000Z');
  }
});

test.run();
