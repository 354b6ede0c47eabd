/** Networks that are not open: each reason with its own advice. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OWN_NETWORK_RULES } from '../../../daemon/health/own-network-rules.ts';
import type { NetworkFault, OwnNetwork } from '../../../daemon/model/hotspot.ts';
import { translate } from '../../../daemon/web/page/text/translation.ts';
import { CODES } from '../../../hal/network/plan.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('alerts of own networks');

const FAULTS: readonly NetworkFault[] = [
  ...CODES,
  ...([
    'NO_HELPER',
    'NOT_PERMITTED',
    'NO_ANSWER',
    'NO_MANAGER',
    'NO_DEVICE',
    'NOT_OPENED',
  ] as const),
];

function findings(networks: readonly OwnNetwork[]) {
  const [rule] = OWN_NETWORK_RULES;
  const found = rule?.find({ box: { ...WELL, networks } } as never);
  return Array.isArray(found) ? found : [];
}

test('each code has an alert with advice, in the languages of the page too', () => {
  for (const code of FAULTS) {
    for (const role of ['guests', 'crew'] as const) {
      const [found] = findings([{ role, device: 'wlan0', phase: 'failed', code, reason: 'why' }]);
      assert.is(found?.id, role);
      assert.is(found?.detail, `wlan0: ${code}: why`);
      for (const text of [found?.text, found?.advice]) {
        assert.ok(translate(text ?? '', 'de') !== undefined, `${code}: ${text}`);
      }
    }
  }
});

test('a network that is open, or waits for a cable, is no alert', () => {
  const crew = { role: 'crew', device: 'eth1' } as const;
  assert.equal(
    findings([
      { ...crew, phase: 'open' },
      { ...crew, phase: 'waiting' },
    ]),
    [],
  );
});

test.run();
