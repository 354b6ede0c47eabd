/** Networks that an earlier run has left up, and that the config names no more. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demoConfigText } from '../../../daemon/cli/read-config.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import { makingNetworks } from '../../../daemon/network/open.ts';
import type { Network } from '../../../hal/wifi/port.ts';

const test = suite('networks that are wanted no more');

/** What a box with this config closes at its start. */
async function closedAt(config: ReturnType<typeof parseConfig>) {
  const closed: string[] = [];
  const network = {
    shared: async () => new Map([['guests', 'wlan1']]),
    closeShared: async (role: string) => void closed.push(role),
  } as unknown as Network;
  const box = { firstBoot: { isWanted: config.network.hotspot } } as never;
  await makingNetworks(config, box, () => network)(AbortSignal.abort());
  return closed;
}

test('they are closed, with a hotspot of its own or without, but never by the demo', async () => {
  for (const yaml of ['', 'network: {hotspot: false}\n']) {
    assert.equal(await closedAt(parseConfig('box.yaml', yaml, [])), ['guests'], yaml);
  }
  const { source, yaml, overrides } = demoConfigText([], true);
  assert.equal(await closedAt(parseConfig(source, yaml, overrides)), []);
});

test.run();
