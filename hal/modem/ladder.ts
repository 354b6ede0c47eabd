/** Which reset a modem without data gets next. */

import type { ModemAction, Registration } from './port.ts';

/**
 * What to do with a modem that does not come back by itself, as a pure step: from
 * the mildest to the roughest, with a pause that doubles, since a reset during a
 * search only makes the search start over.
 */
export interface LadderTimes {
  /** A loss of so long is the network's business. */
  readonly patienceMs: number;
  /** After the first action; doubled after each. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Connected so long: the ladder starts over. */
  readonly healthyMs: number;
}

export const LADDER_TIMES: LadderTimes = {
  patienceMs: 45_000,
  firstPauseMs: 60_000,
  longestPauseMs: 1_800_000,
  healthyMs: 120_000,
};

export interface LadderState {
  readonly times: LadderTimes;
  readonly rung: number;
  readonly sinceMs: number;
  readonly isConnected: boolean;
  readonly actAtMs: number;
}

export function startLadder(nowMs: number, times: LadderTimes = LADDER_TIMES): LadderState {
  const actAtMs = nowMs + times.patienceMs;
  return { times, rung: 0, sinceMs: nowMs, isConnected: false, actAtMs };
}

/**
 * @param registration Of now; `undefined` while the modem is not there at all.
 * @param canPower Whether the board can switch its supply.
 */
export function stepLadder(
  before: LadderState,
  nowMs: number,
  registration: Registration | undefined,
  canPower: boolean,
): { readonly state: LadderState; readonly action: ModemAction | undefined } {
  const { times } = before;
  const isConnected = registration === 'connected';
  const state: LadderState =
    isConnected === before.isConnected
      ? before
      : { ...holdLadder(before, nowMs), isConnected, sinceMs: nowMs };
  if (isConnected) {
    const isHealthy = nowMs - state.sinceMs >= times.healthyMs;
    // The pause outlasts a short recovery: one that comes and goes is not reset each time.
    return { state: isHealthy ? { ...state, rung: 0, actAtMs: nowMs } : state, action: undefined };
  }
  // A person must see to these; resets would only use up tries at a PIN.
  const isForPeople = registration === 'locked' || registration === 'denied';
  if (isForPeople || nowMs < state.actAtMs) return { state, action: undefined };
  const action = actionAt(state.rung, registration, canPower);
  const pauseMs = Math.min(times.longestPauseMs, times.firstPauseMs * 2 ** state.rung);
  return { state: { ...state, rung: state.rung + 1, actAtMs: nowMs + pauseMs }, action };
}

/** Nothing can be known of it or done for it now: it gets its patience again, on the same step. */
export function holdLadder(before: LadderState, nowMs: number): LadderState {
  const actAtMs = Math.max(before.actAtMs, nowMs + before.times.patienceMs);
  return { ...before, actAtMs };
}

function actionAt(
  rung: number,
  registration: Registration | undefined,
  canPower: boolean,
): ModemAction | undefined {
  // One that is not there receives nothing: only its supply can be switched.
  if (registration === undefined) return canPower ? 'power' : undefined;
  if (registration === 'off' && rung === 0) return 'enable';
  if (rung === 0) return 'reconnect';
  if (rung === 1) return 'reset';
  return canPower ? 'power' : 'reset';
}
