/** What strangers cause is logged seldom, with how often it was. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LogLimit } from '../../../../hal/os/limits/log-limit.ts';

const test = suite('log limit');

test('the first of each ten seconds is logged, with all since the last one', () => {
  let nowMs = 5;
  const limit = new LogLimit(() => nowMs);
  assert.equal([limit.count(), limit.count(), limit.count()], [1, undefined, undefined]);
  nowMs += 9_999;
  assert.is(limit.count(), undefined);
  nowMs += 1;
  assert.is(limit.count(), 4);
  assert.is(limit.count(), undefined);
});

test.run();
