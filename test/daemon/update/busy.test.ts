/** When no update begins. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { busyWith } from '../../../daemon/update/open.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('an update');

test('never while a drop has the camera, is waited for, or waits in safe mode', () => {
  const idle = { ...WELL, drop: { phase: 'idle', sinceMs: 0 } } as const;
  assert.is(busyWith(idle, 0), undefined);
  assert.match(busyWith(WELL, 0) ?? '', 'the drop is live');
  assert.match(busyWith(idle, 1) ?? '', 'viewers still play');
  // The launcher would resume it with the version before, again and again.
  const kept = { ...idle, safeMode: 'it crashed', dropFaults: { notResumed: '2026-11-22-1' } };
  assert.match(busyWith(kept, 0) ?? '', '2026-11-22-1 waits to be resumed; end it first');
});

test.run();
