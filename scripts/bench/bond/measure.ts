/** What the cases share: goals, rows, waiting for a state. */
import { setTimeout as sleep } from 'node:timers/promises';
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
  if ((await chain.progress()).received === 0) throw new Error('nothing arrived at all');
  return await chain.missing(first, end);
}

/** The link that carried most in the last two seconds. */
export async function busiest(chain: Chain): Promise<number> {
  const carried = await chain.carried(2000);
  return carried.indexOf(Math.max(...carried));
}

/** Of what all links carried in the last second, in per cent. */
export async function shareOf(chain: Chain, link: number): Promise<number> {
  const carried = await chain.carried(1000);
  const all = carried.reduce((sum, packets) => sum + packets, 0);
  return all === 0 ? 0 : (100 * (carried[link] ?? 0)) / all;
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
