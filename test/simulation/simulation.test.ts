/** Simulated evenings from 200 seeds: no promise of the box is broken. More with `npm run soak`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Broken, runSeed, type Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const test = suite('simulated evenings');
const SEEDS: Readonly<Record<string, number>> = {
  ...{ bond: 40, drop: 50, spool: 30 },
  ...{ ledger: 30, recordings: 25, prints: 25 },
};

for (const scenario of SCENARIOS) {
  test(`${scenario.name}: no promise is broken`, async () => {
    for (let seed = 1; seed <= (SEEDS[scenario.name] ?? 0); seed += 1) {
      const { failure } = await runSeed(scenario, seed);
      assert.is(failure, undefined, JSON.stringify(failure));
    }
  });
}

test('what breaks a promise is shrunk to what is needed for it', async () => {
  const fragile: Scenario<number> = {
    name: 'fragile',
    draw: (random) => Array.from({ length: 60 }, () => Math.floor(random() * 10)),
    run: async (actions) => {
      const first = actions.indexOf(3);
      if (first >= 0 && actions.indexOf(7, first) > 0) throw new Broken('a 7 after a 3');
      return 0;
    },
  };
  const { failure } = await runSeed(fragile, 1);
  assert.equal([failure?.reason, failure?.actions], ['a 7 after a 3', [3, 7]]);
});

test.run();
