/** Which rendition to play, by how fast the last parts came in. Pure. */

export interface Transfer {
  readonly bytes: number;
  /** From the first byte to the last. */
  readonly ms: number;
}

export interface ThroughputHistory {
  /** The latest transfers, oldest first. */
  readonly transfers: readonly Transfer[];
  /** An upswitch needs some time without a stall or a switch since then. */
  readonly stableSinceMs: number;
}

const TRANSFERS_MAX = 12;
/** Clocks in browsers are no finer. */
const TRANSFER_MIN_MS = 1;
const UPSWITCH_RATIO = 3;
const DOWNSWITCH_RATIO = 1.3;
const STABLE_MS = 1_500;
const STABLE_AFTER_DOWNSWITCH_MS = 15_000;

export function openHistory(nowMs: number): ThroughputHistory {
  return { transfers: [], stableSinceMs: nowMs };
}

export function addTransfer(history: ThroughputHistory, transfer: Transfer): ThroughputHistory {
  return { ...history, transfers: [...history.transfers.slice(1 - TRANSFERS_MAX), transfer] };
}

/** After a downswitch it takes longer until the next upswitch. */
export function afterDownswitch(nowMs: number): ThroughputHistory {
  return { transfers: [], stableSinceMs: nowMs + STABLE_AFTER_DOWNSWITCH_MS };
}

/**
 * @param bandwidthsBps Of each rendition, lowest first.
 * @param present Index of the rendition that is played.
 * @returns the index to play: the present one, the next higher or the next lower.
 */
export function chooseRendition(
  history: ThroughputHistory,
  bandwidthsBps: readonly number[],
  present: number,
  nowMs: number,
): number {
  const rateBps = slowestQuarterBps(history.transfers);
  if (rateBps === undefined) return present;
  if (rateBps < (bandwidthsBps[present] ?? 0) * DOWNSWITCH_RATIO) return Math.max(0, present - 1);
  const higherBps = bandwidthsBps[present + 1];
  const isStable = nowMs - history.stableSinceMs > STABLE_MS;
  const isFastEnough = higherBps !== undefined && rateBps > higherBps * UPSWITCH_RATIO;
  return isStable && isFastEnough ? present + 1 : present;
}

/** The throughput that three quarters of the transfers exceed. */
function slowestQuarterBps(transfers: readonly Transfer[]): number | undefined {
  if (transfers.length < TRANSFERS_MAX / 2) return undefined;
  const rates = transfers.map(({ bytes, ms }) => (bytes * 8000) / Math.max(ms, TRANSFER_MIN_MS));
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 4)];
}
