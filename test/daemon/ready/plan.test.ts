/** What the next drop asks of the box, for the checklist. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { planOf } from '../../../daemon/ready/plan.ts';

const test = suite('plan of a drop');
const config = parseConfig('box.yaml', 'power: {planned_minutes: 90}', []);
const NOW_MS = Date.parse('2026-12-04T20:00:00Z');
const planned = (
  drop: Partial<typeof config.drop>,
  phase: 'idle' | 'live' = 'idle',
  minutes = 0,
  sinceMs = NOW_MS,
) =>
  planOf(
    { ...config, drop: { ...config.drop, ...drop } },
    { phase, sinceMs },
    NOW_MS + minutes * 60_000,
  );

test('a drop with a planned end is to last until then, whatever is planned for all', () => {
  const [starts_at, ends_at] = ['2026-12-04T20:00:00Z', '2026-12-04T20:45:00Z'];
  const { plannedS, isPlannedSaid, startsAt } = planned({ starts_at, ends_at });
  assert.equal([plannedS, isPlannedSaid, startsAt], [2_700, true, starts_at]);
});

test('without one, or without a start, it lasts as long as all', () => {
  assert.is(planned({ starts_at: '2026-12-04T20:00:00Z' }).plannedS, 5_400);
  assert.is(planned({ ends_at: '2026-12-04T20:00:00Z' }).plannedS, 5_400);
});

test('while it is live what is left of it counts, and before it the wait', () => {
  const times = { starts_at: '2026-12-04T20:00:00Z', ends_at: '2026-12-04T20:45:00Z' };
  const needed = (...given: Parameters<typeof planned>) => {
    const { leftS, waitS } = planned(...given);
    return [leftS, waitS];
  };
  assert.equal(needed(times, 'live', 35), [600, 0]);
  assert.equal(needed(times, 'live', 60), [0, 0], 'an encore');
  assert.equal(needed({}, 'live', 80), [600, 0], 'of the 90 minutes of all');
  assert.equal(needed(times, 'idle', -60), [2_700, 3_600]);
  assert.equal(needed(times, 'idle', -3 * 24 * 60), [2_700, 0], 'that is another day');
  assert.equal(needed(times, 'idle', 10), [2_700, 0], 'it is late');
});

test.run();
