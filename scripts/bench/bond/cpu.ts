/** The case of CPU: the sender, the relay and a bare relay of Node at one rate. */

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuWhile } from '../machine.ts';
import { type Ends, FAR, NEAR, type Row, SETTLE_MS, withChain } from './measure.ts';

const MEASURED_MS = 8000;

/** In per cent of a core. The bare relay has no peer of others. */
export async function cpu(ends: Ends, mbps: number, max?: number): Promise<readonly Row[]> {
  const links = [NEAR, FAR].map(({ rateBps: _, ...link }) => link);
  const measure = (isBare: boolean) =>
    withChain({ links, latencyMs: 1000, isBare, ...ends }, async (chain) => {
      await chain.setRate(mbps * 1e6);
      await sleep(SETTLE_MS);
      const before = (await chain.progress()).received;
      const idle = { cpuPct: Number.NaN };
      const [sender, relay] = await Promise.all([
        cpuWhile(chain.senderPid, sleep(MEASURED_MS)),
        chain.relayPid === undefined ? idle : cpuWhile(chain.relayPid, sleep(MEASURED_MS)),
      ]);
      const got = ((await chain.progress()).received - before) * 1316 * 8;
      const usual = { unit: '%', note: `${(got / MEASURED_MS / 1000).toFixed(1)} Mbit/s came out` };
      const at = `at ${mbps} Mbit/s`;
      if (isBare) return [{ name: `CPU of a bare relay ${at}`, value: sender.cpuPct, ...usual }];
      const goal = max === undefined ? {} : { goal: { max } };
      return [
        { name: `CPU of the bond ${at}`, value: sender.cpuPct, ...goal, ...usual },
        { name: `CPU of the relay ${at}`, value: relay.cpuPct, ...usual },
      ];
    });
  const isOurs = ends.senderCommand === undefined && ends.relayCommand === undefined;
  return [...(await measure(false)), ...(isOurs ? await measure(true) : [])];
}
