/** How often addresses may try something. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openAttemptLimit } from '../../../../hal/os/limits/attempt-limit.ts';

const test = suite('limit of attempts');

const POLICY = { burst: 5, perS: 1, totalBurst: 20, totalPerS: 10 };

test('an address has its burst, and then what grows with time', () => {
  const limit = openAttemptLimit(POLICY);
  const taken = Array.from({ length: 7 }, () => limit.take('a', 1_000));
  assert.equal(taken, [true, true, true, true, true, false, false]);
  assert.equal([limit.take('a', 1_999), limit.take('a', 2_000)], [false, true]);
  assert.ok(limit.take('b', 2_000), 'another one has its own');
});

test('all addresses together have no more than the total', () => {
  const limit = openAttemptLimit(POLICY);
  const taken = Array.from({ length: 50 }, (_, i) => limit.take(`address ${i}`, 1_000));
  assert.is(taken.filter(Boolean).length, 20);
});

test('where a part is kept for newcomers, addresses that never stop keep nobody out', () => {
  const limit = openAttemptLimit({ ...POLICY, keptForNewcomers: 10 });
  let refused = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
    for (let flooder = 0; flooder < 30; flooder += 1) limit.take(`flooder ${flooder}`, nowMs);
    // In its first second all of them are newcomers.
    if (nowMs >= 5_000 && nowMs % 1_000 === 0 && !limit.take(`guest ${nowMs}`, nowMs)) refused += 1;
  }
  assert.is(refused, 0);
});

test('who has not tried for twenty seconds is a newcomer again', () => {
  const limit = openAttemptLimit({ ...POLICY, totalPerS: 0.001, keptForNewcomers: 19 });
  assert.ok(limit.take('a', 0));
  assert.not.ok(limit.take('a', 19_999), 'nothing but what is kept is left');
  assert.ok(limit.take('a', 39_999));
});

test.run();
