/** Which rendition to play: pure. */

export interface Transfer {
  readonly bytes: number;
  /** From the first byte to the last. */
  readonly ms: number;
}

export interface LadderState {
  readonly transfers: readonly Transfer[];
  readonly calmSinceMs: number;
}

const TRANSFERS_KEPT = 12;
/** Faster than any clock in a browser resolves. */
const LEAST_MS = 1;
const CLIMB_RATIO = 3;
const FALL_RATIO = 1.3;
const CALM_MS = 1_500;
const CALM_AFTER_FALL_MS = 15_000;

export function openLadder(nowMs: number): LadderState {
  return { transfers: [], calmSinceMs: nowMs };
}

export function addTransfer(state: LadderState, transfer: Transfer): LadderState {
  return { ...state, transfers: [...state.transfers.slice(1 - TRANSFERS_KEPT), transfer] };
}

/** A stall, or a switch: wait before climbing. */
export function afterDownswitch(nowMs: number): LadderState {
  return { transfers: [], calmSinceMs: nowMs + CALM_AFTER_FALL_MS };
}

/**
 * The rung to be on.
 *
 * @param ladderBps Bandwidth of each rung, lowest first.
 * @returns the present rung, the one above it or the one below.
 */
export function chooseRendition(
  state: LadderState,
  ladderBps: readonly number[],
  present: number,
  nowMs: number,
): number {
  const rateBps = slowestQuarterBps(state.transfers);
  if (rateBps === undefined) return present;
  if (rateBps < (ladderBps[present] ?? 0) * FALL_RATIO) return Math.max(0, present - 1);
  const above = ladderBps[present + 1];
  const isCalm = nowMs - state.calmSinceMs > CALM_MS;
  return above !== undefined && isCalm && rateBps > above * CLIMB_RATIO ? present + 1 : present;
}

function slowestQuarterBps(transfers: readonly Transfer[]): number | undefined {
  if (transfers.length < TRANSFERS_KEPT / 2) return undefined;
  const rates = transfers.map(({ bytes, ms }) => (bytes * 8000) / Math.max(ms, LEAST_MS));
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 4)];
}
