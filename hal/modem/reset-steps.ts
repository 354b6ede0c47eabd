/** Which reset a modem without data gets next. */

import type { ModemAction, Registration } from './port.ts';

/** A shorter loss is left to the network. */
const GRACE_MS = 45_000;
/** After the first action; doubled after each. */
const FIRST_PAUSE_MS = 60_000;
const PAUSE_MAX_MS = 1_800_000;
/** Connected for so long: the next loss starts at the first step. */
const HEALTHY_MS = 120_000;

/**
 * Escalation of resets for a modem that does not reconnect by itself: from the mildest
 * to the roughest, with a pause that doubles, since a reset during a network search
 * only restarts the search.
 */
export interface ResetState {
  readonly step: number;
  readonly sinceMs: number;
  readonly isConnected: boolean;
  readonly actAtMs: number;
}

export function startReset(nowMs: number): ResetState {
  return { step: 0, sinceMs: nowMs, isConnected: false, actAtMs: nowMs + GRACE_MS };
}

/**
 * @param registration Of now; `undefined` while the modem is not there at all.
 * @param canPower Whether the board can switch its supply.
 */
export function stepReset(
  before: ResetState,
  nowMs: number,
  registration: Registration | undefined,
  canPower: boolean,
): { readonly state: ResetState; readonly action: ModemAction | undefined } {
  const isConnected = registration === 'connected';
  const state: ResetState =
    isConnected === before.isConnected
      ? before
      : { ...postponeReset(before, nowMs), isConnected, sinceMs: nowMs };
  if (isConnected) {
    const isHealthy = nowMs - state.sinceMs >= HEALTHY_MS;
    // The pause outlasts a short recovery: one that comes and goes is not reset each time.
    return { state: isHealthy ? { ...state, step: 0, actAtMs: nowMs } : state, action: undefined };
  }
  // Only a person can repair these; a reset would use up PIN attempts.
  const needsPerson = registration === 'locked' || registration === 'denied';
  if (needsPerson || nowMs < state.actAtMs) return { state, action: undefined };
  const action = actionAt(state.step, registration, canPower);
  const pauseMs = Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** state.step);
  return { state: { ...state, step: state.step + 1, actAtMs: nowMs + pauseMs }, action };
}

/** Nothing is known of it, or nothing can be done now: it keeps its step, and waits for the grace time again. */
export function postponeReset(before: ResetState, nowMs: number): ResetState {
  const actAtMs = Math.max(before.actAtMs, nowMs + GRACE_MS);
  return { ...before, actAtMs };
}

function actionAt(
  step: number,
  registration: Registration | undefined,
  canPower: boolean,
): ModemAction | undefined {
  // A missing modem receives no command: only its supply can be switched.
  if (registration === undefined) return canPower ? 'power' : undefined;
  if (registration === 'off' && step === 0) return 'enable';
  if (step === 0) return 'reconnect';
  if (step === 1) return 'reset';
  return canPower ? 'power' : 'reset';
}
