/** What the next drop asks of the box, for the checklist. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { planOf } from '../../../daemon/ready/plan.ts';

const test = suite('plan of a drop');
const config = parseConfig('box.yaml', 'power: {planned_minutes: 90}', []);
const planned = (drop: Partial<typeof config.drop>) =>
  planOf({ ...config, drop: { ...config.drop, ...drop } });

test('a drop with a planned end is to last until then, whatever is planned for all', () => {
  const [starts_at, ends_at] = ['2026-12-04T20:00:00Z', '2026-12-04T20:45:00Z'];
  const { plannedS, isPlannedSaid, startsAt } = planned({ starts_at, ends_at });
  assert.equal([plannedS, isPlannedSaid, startsAt], [2_700, true, starts_at]);
});

test('without one, or without a start, it lasts as long as all', () => {
  assert.is(planned({ starts_at: '2026-12-04T20:00:00Z' }).plannedS, 5_400);
  assert.is(planned({ ends_at: '2026-12-04T20:00:00Z' }).plannedS, 5_400);
});

test.run();
