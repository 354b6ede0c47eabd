/** Which recordings are deleted for space. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TargetSettings } from '../../../pipelines/recording/settings.ts';
import { planSpace, remainingS, usableBytes } from '../../../pipelines/recording/space.ts';

const test = suite('recording space');

const settings = (policy: TargetSettings['policy']): TargetSettings => ({
  id: 'usb',
  folder: '/rec',
  reserveBytes: 1e9,
  reservePct: 5,
  policy,
  isOwnVolume: false,
});
const volume = (freeBytes: number, totalBytes = 10e9) => ({ freeBytes, totalBytes });
const OLDER = [
  { name: 'a', bytes: 20e6 },
  { name: 'b', bytes: 500e6 },
  { name: 'c', bytes: 500e6 },
];

test('the larger of the two reserves stays free', () => {
  assert.is(planSpace(settings('stop'), volume(1.1e9), [], true).isEnough, true);
  assert.is(planSpace(settings('stop'), volume(1.1e9, 30e9), [], true).isEnough, false);
});

test('the oldest are deleted first, and no more than needed', () => {
  const { deletions } = planSpace(settings('oldest-first'), volume(0.99e9), OLDER, true);
  assert.equal(
    deletions.map(({ name }) => name),
    ['a', 'b'],
  );
});

test('nothing is deleted by the policy `stop`, with room, or where it would not help', () => {
  fc.assert(
    fc.property(fc.nat(3_000_000_000), fc.boolean(), fc.boolean(), (free, isStop, isRunning) => {
      const plan = planSpace(
        settings(isStop ? 'stop' : 'oldest-first'),
        volume(free),
        OLDER,
        isRunning,
      );
      const freed = plan.deletions.reduce((sum, { bytes }) => sum + bytes, free);
      if (isStop || free >= 1.1e9 || !plan.isEnough) assert.is(plan.deletions.length, 0);
      if (plan.isEnough) assert.ok(freed >= 1e9);
    }),
  );
});

test('the remaining time counts what the policy may delete, without the reserve', () => {
  assert.is(usableBytes(settings('stop'), volume(2e9), OLDER), 1e9);
  assert.is(usableBytes(settings('oldest-first'), volume(2e9), OLDER), 2.02e9);
  assert.is(usableBytes(settings('stop'), volume(0.5e9), OLDER), 0);
  assert.is(remainingS(2.02e9, 8e6), 2_020);
  assert.is(remainingS(2.02e9, 0), undefined);
});

test.run();
