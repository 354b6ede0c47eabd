/** An encoder that follows the links, measured over a minute of faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicRate } from '../../../pipelines/uplink/classic.ts';
import { LinkAwareRate } from '../../../pipelines/uplink/link-aware.ts';
import type { RateController } from '../../../pipelines/uplink/rate.ts';
import type { SrtFigures } from '../../../pipelines/uplink/srt-observer.ts';
import type { Chain } from './chain.ts';
import { countLost, type Ends, FAR, NEAR, type Row, withChain } from './measure.ts';

const BOUNDS = { minBps: 500_000, maxBps: 8_000_000 };
const LATENCY_MS = 1000;

/**
 * What the links do, in seconds from the start: 2 x 5 Mbit/s, then the first is squeezed to 1,
 * healed, then the second is silently dead, and healed.
 */
const SCRIPT: readonly (readonly [atS: number, act: (chain: Chain) => Promise<void>])[] = [
  [12, (chain) => chain.network.setRate(0, 1_000_000)],
  [22, (chain) => chain.network.setRate(0, 5_000_000)],
  [34, (chain) => chain.impair(1, { isBlackHole: true })],
  [42, (chain) => chain.impair(1, { isBlackHole: false })],
];
const END_S = 54;

/** An encoder that does what an algorithm asks for, through an evening of bad radio. */
export function rate(ends: Ends, algorithm: 'link-aware' | 'classic'): Promise<readonly Row[]> {
  const links = [
    { ...NEAR, rateBps: 5_000_000 },
    { ...FAR, rateBps: 5_000_000 },
  ];
  return withChain({ links, latencyMs: LATENCY_MS, ...ends }, async (chain) => {
    if (chain.bond === undefined) return [];
    const controller =
      algorithm === 'classic' ? new ClassicRate(BOUNDS) : new LinkAwareRate(BOUNDS);
    const startMs = performance.now();
    await chain.setRate(controller.targetBps);
    const first = await chain.sent();
    const script = [...SCRIPT];
    let [asked, samples] = [0, 0];
    while (performance.now() - startMs < END_S * 1000) {
      const [next] = script;
      if (next !== undefined && performance.now() - startMs >= next[0] * 1000) {
        script.shift();
        await next[1](chain);
      }
      asked += await step(controller, chain);
      samples += 1;
      await sleep(controller.everyMs);
    }
    const end = await chain.sent();
    const lost = await countLost(chain, first, end, LATENCY_MS);
    const delivered = ((end - first - lost) * 1316 * 8) / END_S / 1e6;
    const name = `${algorithm}, links of 5 Mbit/s that fail`;
    return [
      { name: `delivered: ${name}`, value: delivered, unit: 'Mbit/s' },
      { name: `lost: ${name}`, value: (100 * lost) / (end - first), unit: '%' },
      { name: `asked for: ${name}`, value: asked / samples / 1e6, unit: 'Mbit/s' },
    ];
  });
}

async function step(controller: RateController, chain: Chain): Promise<number> {
  const [snapshot, srt] = await Promise.all([
    chain.snapshot(),
    chain.bond?.ask<SrtFigures>('srt') as Promise<SrtFigures>,
  ]);
  const before = controller.targetBps;
  const nowMs = performance.now();
  const targetBps = controller.update({ nowMs, srt, links: snapshot.links });
  if (targetBps !== before) await chain.setRate(targetBps);
  return targetBps;
}
