/** What is retained on the broker, over connections. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Stamper } from '../../../daemon/mqtt/payloads/stamp.ts';
import { RetainedState } from '../../../daemon/mqtt/retained.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { REPORT } from './support/report.ts';
import { bareSnapshot, FACTS } from './support/snapshot.ts';

const test = suite('retained state');
const ROOT = 'venuebox/v1/corner';

test('what a connection before has retained and is no more is cleared, once', () => {
  const stamper = new Stamper(ROOT, 'a', new VirtualClock());
  const documents = { reports: [REPORT] };
  const state = new RetainedState(stamper, ['fleet', 'merch', 'report/oldest']);
  const cleared = () =>
    state
      .changes(bareSnapshot(), FACTS, documents)
      .filter(({ payload }) => payload === '')
      .map(({ topic, isRetained }) => (isRetained ? topic : ''));
  assert.equal(cleared(), [`${ROOT}/fleet`, `${ROOT}/merch`, `${ROOT}/report/oldest`]);
  assert.equal(cleared(), []);
  assert.equal(state.kept, ['report/2026-04-30t20-00-00z']);
});

test.run();
