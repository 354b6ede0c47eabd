/** What rules are told beside the snapshot. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordersLost } from '../../../daemon/health/facts.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';

const test = suite('facts for health rules');

test('a recorder is lost where it recorded before and has failed now, whatever the others do', () => {
  const targets = (...phases: readonly (readonly [id: string, phase: string, reason?: string])[]) =>
    phases.map(([id, phase, reason]) => ({
      ...{ id, folder: `/${id}`, phase },
      ...(reason === undefined ? {} : { reason }),
    })) as unknown as BoxSnapshot['recording'];
  const before = targets(['a', 'recording'], ['b', 'off'], ['c', 'recording'], ['d', 'failed']);
  const now = targets(
    ['a', 'recording'],
    ['b', 'failed'],
    ['c', 'failed', 'full'],
    ['d', 'failed'],
  );
  assert.equal(recordersLost(before, now), [{ id: 'c', folder: '/c', reason: 'full' }]);
  assert.equal(recordersLost(before, targets(['a', 'failed'])), [
    { id: 'a', folder: '/a', reason: 'it failed' },
  ]);
  assert.equal(recordersLost(before, before), []);
});

test.run();
