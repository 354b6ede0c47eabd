/** A disk that does not answer: slow, or hanging. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DiskFault } from '../../../pipelines/recording/disk-fault.ts';

const test = suite('disk faults');

/** How often a report of each second of one operation is progress; the disk has finished `requestsAt`. */
function progressOver(seconds: number, requestsAt: (s: number) => number | undefined): number {
  const fault = new DiskFault('/disk');
  fault.started(0, true);
  let [last, changes] = [fault.progress(0, requestsAt(0)).done, 0];
  for (let s = 1; s <= seconds; s += 1) {
    const { done, isDue } = fault.progress(s * 1_000, requestsAt(s));
    assert.is(isDue, true);
    if (done !== last) changes += 1;
    last = done;
  }
  return changes;
}

test('a disk that finishes nothing makes no progress', () => {
  assert.is(
    progressOver(30, () => 7),
    0,
  );
});

test('a disk that finishes requests does, for as long as its parts can wait', () => {
  assert.is(
    progressOver(10, (s) => 7 + s),
    10,
  );
  assert.is(
    progressOver(60, (s) => 7 + s),
    19,
  );
});

test('a disk of which nobody knows has the benefit of the doubt for as long', () => {
  assert.is(
    progressOver(60, () => undefined),
    19,
  );
});

test('an operation that ends is progress, and none is due while the disk has nothing to do', () => {
  const fault = new DiskFault('/disk');
  fault.started(0, true);
  const before = fault.progress(0, 7);
  fault.finished();
  const after = fault.progress(1_000, 7);
  assert.ok(after.done > before.done);
  assert.is(after.isDue, false);
  // A repair may take minutes.
  fault.started(2_000, false);
  assert.is(fault.progress(3_000, 7).isDue, false);
});

test.run();
