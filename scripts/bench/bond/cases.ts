/** The cases that the bond is measured in. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BondSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import type { Chain } from './chain.ts';
import {
  busiest,
  countLost,
  type Ends,
  FAR,
  NEAR,
  type Row,
  SETTLE_MS,
  secondsUntil,
  shareOf,
  USUAL_BPS,
  withChain,
} from './measure.ts';

/** The busiest link becomes a black hole; then it is healed. */
export function blackHole(
  ends: Ends,
  latencyMs: number,
  max: number,
  family: 4 | 6 = 4,
): Promise<readonly Row[]> {
  return withChain({ links: [NEAR, FAR], latencyMs, family, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS + latencyMs);
    const index = await busiest(chain);
    const first = await chain.sent();
    await chain.impair(index, { isBlackHole: true });
    await sleep(3000);
    const lost = await countLost(chain, first, await chain.sent(), latencyMs);
    const by = family === 6 ? ', IPv6' : '';
    const name = `lost, busiest link black-holed, ${latencyMs} ms${by}`;
    const rows: Row[] = [{ name, value: lost, unit: 'packets', goal: { max } }];
    if (latencyMs !== 1000) return rows;
    await chain.impair(index, { isBlackHole: false });
    const healedS = await secondsUntil(30, async () => (await shareOf(chain, index)) >= 40);
    const healed = 'healed link carries 40 % after';
    return [...rows, { name: healed, value: healedS, unit: 's', goal: { max: 5 } }];
  });
}

/** The busiest link's device goes down on the box itself. */
export function unplug(ends: Ends): Promise<readonly Row[]> {
  const latencyMs = 300;
  return withChain({ links: [NEAR, FAR], latencyMs, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS);
    const index = await busiest(chain);
    const first = await chain.sent();
    await chain.network.plug(index, false);
    await sleep(3000);
    const value = await countLost(chain, first, await chain.sent(), latencyMs);
    return [{ name: 'lost, link unplugged, 300 ms', value, unit: 'packets', goal: { max: 0 } }];
  });
}

/** One link's RTT swings between 100 and 1200 ms in waves of five seconds. */
export function swing(ends: Ends): Promise<readonly Row[]> {
  return withChain({ links: [NEAR, FAR], latencyMs: 2000, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS);
    const first = await chain.sent();
    for (let ms = 0; ms < 30_000; ms += 100) {
      const wave = (1 - Math.cos((ms / 5000) * 2 * Math.PI)) / 2;
      await chain.impair(0, { delayMs: 50 + 550 * wave });
      await sleep(100);
    }
    const end = await chain.sent();
    const pulls = await figures(chain, ({ links }) => links[0]?.stallsTotal);
    const lost = await countLost(chain, first, end, 2000);
    const name = 'RTT swings 100-1200 ms, 30 s';
    return [
      ...pulls.map((value) => ({ name: `pulls: ${name}`, value, unit: '', goal: { max: 0 } })),
      { name: `lost: ${name}`, value: lost, unit: 'packets', goal: { max: 0 } },
    ];
  });
}

/** Both links dead; then the second comes back. */
export function outage(ends: Ends, seconds: number): Promise<readonly Row[]> {
  return withChain({ links: [NEAR, FAR], latencyMs: 500, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS);
    for (const link of [0, 1]) await chain.impair(link, { isBlackHole: true });
    await sleep(seconds * 1000);
    const before = (await chain.progress()).received;
    await chain.impair(1, { isBlackHole: false });
    const value = await secondsUntil(15, async () => {
      return (await chain.progress()).received > before + 20;
    });
    const name = `video again after both were dead ${seconds} s`;
    return [{ name, value, unit: 's', goal: { max: 3 }, note: 'with SRT reconnecting, 500 ms' }];
  });
}

const REGISTRATION = [
  { name: 'REG2', type: 0x9201, way: 'up' },
  { name: 'NGP', type: 0x9211, way: 'down' },
  { name: 'REG1', type: 0x9200, way: 'up' },
  { name: 'REG2 reply', type: 0x9201, way: 'down' },
  { name: 'REG3', type: 0x9202, way: 'down' },
] as const;

/** Registers with each packet lost in turn, on two links. */
export async function registration(ends: Ends): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, type, way } of REGISTRATION) {
    const losing = { type, way };
    const links = [
      { ...NEAR, losing },
      { ...FAR, losing },
    ];
    const row = await withChain({ links, latencyMs: 500, ...ends }, async (chain) => {
      if (chain.bond === undefined) return [];
      await sleep(3000);
      const { links: now, switches } = await chain.snapshot();
      const startedMs = await chain.bond.ask<number>('started');
      const joined = switches
        .filter(({ to }) => to === 'active')
        .map(({ atMs }) => atMs - startedMs);
      const isDone = now.every(({ state }) => state === 'active');
      const value = isDone ? Math.max(...joined) / 1000 : Number.POSITIVE_INFINITY;
      return [{ name: `registered with ${name} lost`, value, unit: 's', goal: { max: 3 } }];
    });
    rows.push(...row);
  }
  return rows;
}

/** Both links carry 2 Mbit/s for five seconds, and SRT has no cap. */
export function squeeze(ends: Ends): Promise<readonly Row[]> {
  const options = { links: [NEAR, FAR], latencyMs: 1000, overheadPct: 0, ...ends };
  return withChain(options, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(SETTLE_MS);
    const wire = ({ wireBytesTotal, offeredBytesTotal }: BondSnapshot) =>
      [wireBytesTotal, offeredBytesTotal] as const;
    const [before] = await figures(chain, wire);
    for (const link of [0, 1]) await chain.network.setRate(link, 2_000_000);
    await sleep(5000);
    for (const link of [0, 1]) await chain.network.setRate(link, 10_000_000);
    await sleep(3000);
    const first = await chain.sent();
    await sleep(3000);
    const after = await figures(chain, wire);
    const lost = await countLost(chain, first, await chain.sent(), 1000);
    const [wireBefore = 0, offeredBefore = 0] = before ?? [];
    return [
      ...after.map(([wireBytes, offered]) => ({
        name: 'wire for offered, squeeze of 5 s',
        value: (wireBytes - wireBefore) / (offered - offeredBefore),
        ...{ unit: 'x', goal: { max: 1.3 } },
      })),
      { name: 'lost from 3 s after it on', value: lost, unit: 'packets', goal: { max: 0 } },
    ];
  });
}

/** As much as two limited links can carry together. */
export function goodput(
  ends: Ends,
  first: number,
  second: number,
  { rateBps = 9_050_000, minMbps = 9 } = {},
): Promise<readonly Row[]> {
  const links = [
    { ...NEAR, rateBps: first * 1e6 },
    { ...FAR, rateBps: second * 1e6 },
  ];
  return withChain({ links, latencyMs: 1000, ...ends }, async (chain) => {
    await chain.setRate(rateBps);
    await sleep(SETTLE_MS);
    const from = await chain.sent();
    const startMs = performance.now();
    await sleep(10_000);
    const end = await chain.sent();
    const passedS = (performance.now() - startMs) / 1000;
    const lost = await countLost(chain, from, end, 1000);
    const unoffered = await chain.unoffered(from, end);
    const mbps = ((end - from - lost - unoffered) * 1316 * 8) / passedS / 1e6;
    const name = `${first} + ${second} Mbit/s`;
    const note = `${unoffered} packets were lost before the bond, on this machine`;
    return [
      { name: `goodput of ${name}`, value: mbps, unit: 'Mbit/s', goal: { min: minMbps }, note },
      {
        name: `lost of ${name}`,
        value: (100 * lost) / (end - from),
        unit: '%',
        goal: { max: 0.1 },
      },
    ];
  });
}

/** A link of 150 ms beside one of 30 ms that cannot carry all. */
export function farShare(ends: Ends): Promise<readonly Row[]> {
  const links = [
    { delayMs: 30, rateBps: 5_000_000 },
    { delayMs: 150, rateBps: 10_000_000 },
  ];
  return withChain({ links, latencyMs: 1000, ...ends }, async (chain) => {
    await chain.setRate(USUAL_BPS);
    await sleep(8000);
    const value = await shareOf(chain, 1);
    return [{ name: 'share of a 150 ms link beside 30 ms', value, unit: '%', goal: { min: 20 } }];
  });
}

/** What a snapshot of our own sender says: nothing of another's. */
async function figures<Figure>(
  chain: Chain,
  read: (snapshot: BondSnapshot) => Figure | undefined,
): Promise<readonly Figure[]> {
  if (chain.bond === undefined) return [];
  const figure = read(await chain.snapshot());
  return figure === undefined ? [] : [figure];
}
