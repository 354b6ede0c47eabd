/** When a stream has left a link that died, by the packets that came on it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { failoverAfter } from '../../../scripts/bench/stream/rehearsal.ts';

const test = suite('benchmark of failovers');
const DEAD_MS = 10_000;
const every = (spacingMs: number, fromMs: number, toMs: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / spacingMs) }, (_, n) => fromMs + n * spacingMs);

test('it is the last packet before the pause, and no single try after it', () => {
  const before = every(12, DEAD_MS - 3_000, DEAD_MS);
  // Rarer and rarer, then none but tries of the bond.
  const leaving = [...every(12, DEAD_MS, DEAD_MS + 60), ...every(25, DEAD_MS + 60, DEAD_MS + 280)];
  const last = leaving.at(-1) ?? 0;
  for (const tries of [[], every(700, DEAD_MS + 1_200, DEAD_MS + 6_000)]) {
    assert.is(failoverAfter([...before, ...leaving, ...tries], DEAD_MS), last - DEAD_MS);
  }
  assert.is(failoverAfter(before, DEAD_MS), 0);
});

test.run();
