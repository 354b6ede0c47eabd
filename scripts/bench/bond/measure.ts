/** What the cases share: goals, rows, waiting for a state. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BondSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import { type Chain, type ChainOptions, type LinkSpec, openChain } from './chain.ts';

/** The usual pair: 25 and 40 ms one way with jitter. */
export const NEAR: LinkSpec = { delayMs: 25, jitterMs: 10, rateBps: 10_000_000 };
export const FAR: LinkSpec = { delayMs: 40, jitterMs: 10, rateBps: 10_000_000 };
export const USUAL_BPS = 6_000_000;
export const SETTLE_MS = 5000;

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Bounds of the value. */
  readonly goal?: { readonly max?: number; readonly min?: number };
  readonly note?: string;
}

/** Programs in place of our own ends, from the command line. */
export type Ends = Pick<ChainOptions, 'relayCommand' | 'senderCommand'>;

/** Measures on a chain of its own, and closes it. */
export async function withChain(
  options: ChainOptions,
  measure: (chain: Chain) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const chain = await openChain({ overheadPct: 20, ...options });
  try {
    return await measure(chain);
  } finally {
    await chain.close();
  }
}

/** Packets of `first` to `end` that never came, once nothing of them can still come. */
export async function countLost(chain: Chain, first: number, end: number, latencyMs: number) {
  await sleep(latencyMs + 1500);
  return await chain.missing(first, end);
}

export function busiest({ links }: BondSnapshot): number {
  return (links[0]?.sharePct ?? 0) >= (links[1]?.sharePct ?? 0) ? 0 : 1;
}

/** Seconds until `isTrue`, Infinity where not within `timeoutS`. */
export async function secondsUntil(
  timeoutS: number,
  isTrue: () => Promise<boolean>,
): Promise<number> {
  const startMs = performance.now();
  while (performance.now() - startMs < timeoutS * 1000) {
    if (await isTrue()) return (performance.now() - startMs) / 1000;
    await sleep(50);
  }
  return Number.POSITIVE_INFINITY;
}
