/** Simulated modems. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEMO_TRACES, modemAt, openSimulatedModems } from '../../../hal/modem/simulated.ts';
import { systemClock } from '../../../hal/os/clock.ts';

const test = suite('simulated modems');

test('a trace keeps what a point does not name, and unplugs', () => {
  const [first] = DEMO_TRACES;
  assert.ok(first);
  assert.is(modemAt(first, 70)?.technology, 'lte');
  assert.is(modemAt(first, 70)?.operator, 'Sim A');
  assert.is(modemAt(first, 240 + 70)?.technology, 'lte');
  const points = [
    { fromS: 5, state: 'unplugged' as const },
    { fromS: 9, state: {} },
  ];
  const trace = { id: 'x', points, repeatS: 0 };
  assert.equal(
    [0, 6, 10].map((s) => modemAt(trace, s)?.registration),
    ['searching', undefined, 'searching'],
  );
});

test('simulated modems follow their trace, and search after a reset', async () => {
  const points = [{ fromS: 0, state: { registration: 'connected' as const } }];
  const modems = openSimulatedModems([{ id: 'x', points, repeatS: 0 }], systemClock);
  const stop = new AbortController();
  const reported: string[] = [];
  for await (const state of modems.changes(stop.signal)) {
    if (state.phase === 'known') reported.push(state.modems[0]?.registration ?? 'none');
    if (reported.length === 1) await modems.act('x', 'reset', stop.signal);
    if (reported.length === 2) stop.abort();
  }
  assert.equal(reported, ['connected', 'searching']);
});

test.run();
