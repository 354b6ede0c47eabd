/** What rules are told beside the snapshot. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NO_HISTORY,
  NOTHING_RECEIVED,
  recordersLost,
  watchFacts,
} from '../../../daemon/health/facts.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { figures, WELL } from '../../support/snapshot.ts';
import { child } from './support/watched-box.ts';

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

test('a track that stalled is that of the media process before, until the next one reports', () => {
  const stalled = figures({ stalled: { trackId: 'high', forMs: 4_000 } });
  const restarted = child('media', { restartsTotal: 1 });
  const looks: readonly (readonly [change: Partial<BoxSnapshot>, isStalled: boolean])[] = [
    [{ media: stalled }, true],
    // Its figures stand there until there are others.
    [{ media: stalled, children: restarted }, false],
    [{ media: stalled, children: restarted }, false],
    [{ media: figures(), children: restarted }, false],
    [{ media: { ...stalled }, children: restarted }, true],
  ];
  let history = watchFacts(NO_HISTORY, { ...WELL, media: figures() }, NOTHING_RECEIVED, 0).history;
  for (const [i, [change, isStalled]] of looks.entries()) {
    const polled = watchFacts(history, { ...WELL, ...change }, NOTHING_RECEIVED, (i + 1) * 1_000);
    assert.is(polled.facts.stalledTrack !== undefined, isStalled, `${i}`);
    history = polled.history;
  }
});

test.run();
