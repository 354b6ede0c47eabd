/** What is counted for a drop's report, poll by poll. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CountsInput, startCounts, stepCounts } from '../../../daemon/drop/counts.ts';
import { reportOf } from '../../../daemon/drop/report.ts';
import { figures } from '../../support/snapshot.ts';

const test = suite('counts of a drop');

const START_MS = Date.UTC(2026, 10, 23, 20);

function counted(...looks: readonly Partial<CountsInput>[]) {
  const nothing: CountsInput = { media: undefined, uplink: undefined };
  const counts = looks.reduce<ReturnType<typeof startCounts>>(
    (sum, look, i) => stepCounts(sum, { ...nothing, ...look }, START_MS + 1_000 * i),
    startCounts('d', START_MS),
  );
  return reportOf(counts);
}

/** Links that were lost, by the uplink's clock. */
function lost(...atMs: readonly number[]): Partial<CountsInput> {
  const switches = atMs.map((one) => ({
    ...{ atMs: one, from: 'active', to: 'stalled', link: 'w', reason: '' },
  }));
  return { uplink: { bond: { switches } } } as never;
}

test('a failover that is seen in several polls counts once', () => {
  const looks = [lost(10), lost(10), lost(10, 20), lost(10, 20), {}, lost(10, 20, 30)];
  assert.is(counted(...looks).failovers, 3);
});

test('an uplink that was started again counts on, by a clock that restarts', () => {
  assert.is(counted(lost(10, 20), lost(5)).failovers, 3);
});

test('changes of the rendition are those of all profiles', () => {
  const changed = (phone: number, laptop: number): Partial<CountsInput> => {
    const { viewers } = figures();
    return { media: figures({ viewers: { ...viewers, switchesByProfile: { phone, laptop } } }) };
  };
  assert.is(counted(changed(1, 2), changed(4, 6)).switches, 7);
});

test.run();
