/** Cases from the field: what carriers' networks do beside losing packets. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  busiest,
  countLost,
  type Ends,
  FAR,
  NEAR,
  type Row,
  SETTLE_MS,
  USUAL_BPS,
  withChain,
} from './measure.ts';

/** Packets of more than 1300 bytes vanish on the busiest link; keepalives pass. */
export function smallMtu(ends: Ends): Promise<readonly Row[]> {
  const latencyMs = 500;
  return withChain({ links: [NEAR, FAR], latencyMs, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS);
    const index = await busiest(chain);
    const first = await chain.sent();
    await chain.network.setMtu(index, 1300);
    await sleep(5000);
    const note = chain.bond === undefined ? '' : (await chain.snapshot()).links[index]?.reason;
    const value = await countLost(chain, first, await chain.sent(), latencyMs);
    const name = 'lost, large packets vanish on a link, 500 ms';
    return [{ name, value, unit: 'packets', goal: { max: 0 }, note: note ?? '' }];
  });
}

const THREE = [20, 30, 45].map((delayMs) => ({
  ...{ delayMs, jitterMs: 10, rateBps: 10_000_000 },
  lossRatio: 0.02,
}));

/** Two of three links black-holed in turn, all with 2 % loss. */
export function threeLinks(ends: Ends): Promise<readonly Row[]> {
  const latencyMs = 300;
  return withChain({ links: THREE, latencyMs, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS);
    const first = await chain.sent();
    for (const left of [0, 1, 2]) {
      const dead = [0, 1, 2].filter((index) => index !== left);
      for (const index of dead) {
        await chain.impair(index, { isBlackHole: true });
        await sleep(1500);
      }
      await sleep(1500);
      for (const index of dead) await chain.impair(index, { isBlackHole: false });
      await sleep(4000);
    }
    const value = await countLost(chain, first, await chain.sent(), latencyMs);
    const name = 'lost, two of three links dead in turn, 300 ms';
    return [{ name, value, unit: 'packets', goal: { max: 3 }, note: 'beside 2 % loss' }];
  });
}
