/** Decides when a lost modem is reset, and how. Pure. */

import type { ModemAction, ModemState, Registration } from '../../hal/modem/port.ts';
import {
  postponeReset,
  type ResetState,
  startReset,
  stepReset,
} from '../../hal/modem/reset-steps.ts';
import type { LinkUse } from './link-state.ts';

/** A modem, and the reset step that it has reached. */
export interface ResetAttempt {
  /** As it was last seen. */
  readonly modem: ModemState;
  /** On a step above 0: it was reset, and has not been connected for two minutes since. */
  readonly reset: ResetState;
  /** It was in use since the box started. */
  readonly wasConnected: boolean;
  /** Since when its link carries nothing although it reports connected, and what it had received then. */
  readonly stall: { readonly sinceMs: number; readonly rxBytes: number | undefined } | undefined;
  readonly seenMs: number;
}

export type ResetAttempts = ReadonlyMap<string, ResetAttempt>;

/** A modem with what is wanted and known of its link. */
export interface Seen {
  readonly modem: ModemState;
  /** A link of the config goes over it; undefined where the config has none. */
  readonly isWanted: boolean | undefined;
  readonly linkUse: LinkUse;
}

export interface DueAction {
  readonly modem: ModemState;
  readonly action: ModemAction;
  readonly reason: string;
}

/** The bonding drops a bad link and tries it again; the grace time of the first reset is added. */
const STALL_MS = 75_000;
/** A modem's own router may send so much without any radio. */
const LOCAL_TRAFFIC_BYTES = 4096;
/** A modem that is missing for so long is forgotten. */
const FORGET_MS = 3_600_000;
const MAX_ATTEMPTS = 32;

/** The name that survives a reset: ModemManager gives those without an IMEI another number. */
export function modemKeyOf({ id, interfaceName }: ModemState): string {
  return id.startsWith('/org/') ? (interfaceName ?? id) : id;
}

/**
 * Checks once.
 *
 * @param seen Undefined while nothing is known of any modem: all waits.
 * @param canPower Whether the modems' supply can be switched: that of all, so that it is
 *   left alone while another modem is connected.
 */
export function stepResetAttempts(
  before: ResetAttempts,
  seen: readonly Seen[] | undefined,
  canPower: boolean,
  nowMs: number,
): { readonly attempts: ResetAttempts; readonly due: readonly DueAction[] } {
  const attempts = new Map<string, ResetAttempt>();
  const due: DueAction[] = [];
  const connected = (seen ?? []).filter(({ modem }) => modem.registration === 'connected');
  const mayPower = (key: string) =>
    canPower && connected.every(({ modem }) => modemKeyOf(modem) === key);
  const take = (key: string, { attempt, action, reason }: Stepped) => {
    attempts.set(key, attempt);
    if (action !== undefined) due.push({ modem: attempt.modem, action, reason });
  };
  for (const one of seen ?? []) {
    const key = modemKeyOf(one.modem);
    if (attempts.has(key) || attempts.size >= MAX_ATTEMPTS) continue;
    take(key, stepSeen(before.get(key), one, mayPower(key), nowMs));
  }
  for (const [key, attempt] of before) {
    if (attempts.has(key) || attempts.size >= MAX_ATTEMPTS) continue;
    if (nowMs - attempt.seenMs > FORGET_MS) continue;
    take(key, stepGone(attempt, mayPower(key) && seen !== undefined, nowMs));
  }
  return { attempts, due };
}

interface Stepped {
  readonly attempt: ResetAttempt;
  readonly action: ModemAction | undefined;
  readonly reason: string;
}

function stepSeen(
  known: ResetAttempt | undefined,
  { modem, isWanted, linkUse }: Seen,
  canPower: boolean,
  nowMs: number,
): Stepped {
  const before: ResetAttempt = known ?? {
    modem,
    reset: startReset(nowMs),
    wasConnected: false,
    stall: undefined,
    seenMs: nowMs,
  };
  const stall = stallOf(before, modem, linkUse, nowMs);
  const isStalled = stall !== undefined && nowMs - stall.sinceMs >= STALL_MS;
  const registration = registrationOf(modem, linkUse, isStalled);
  const wasConnected = before.wasConnected || registration === 'connected';
  // No reset puts in a missing SIM.
  const hasNoSim = modem.sim === 'absent' && !wasConnected;
  const isSkipped = hasNoSim || !(isWanted ?? wasConnected);
  const { state, action } = isSkipped
    ? { state: postponeReset(before.reset, nowMs), action: undefined }
    : stepReset(before.reset, nowMs, registration, canPower);
  const attempt = { modem, reset: state, wasConnected, stall, seenMs: nowMs };
  const reason = isStalled ? 'connected, but its link carries nothing' : `${modem.registration}`;
  return { attempt, action, reason };
}

/** A missing modem takes a while to start after a reset. */
function stepGone(before: ResetAttempt, canPower: boolean, nowMs: number): Stepped {
  const { state, action } =
    canPower && before.wasConnected
      ? stepReset(before.reset, nowMs, undefined, true)
      : { state: postponeReset(before.reset, nowMs), action: undefined };
  return {
    attempt: { ...before, stall: undefined, reset: state },
    action,
    reason: 'missing',
  };
}

function registrationOf(modem: ModemState, linkUse: LinkUse, isMute: boolean): Registration {
  // A serial modem may be dialled by others, and does not know.
  if (linkUse === 'carries') return 'connected';
  return isMute && modem.registration === 'connected' ? 'registered' : modem.registration;
}

function stallOf(
  { stall }: ResetAttempt,
  { registration, rxBytesTotal: rxBytes }: ModemState,
  linkUse: LinkUse,
  nowMs: number,
): ResetAttempt['stall'] {
  if (registration !== 'connected' || (linkUse !== 'out' && linkUse !== 'all-out')) {
    return undefined;
  }
  if (stall === undefined) return { sinceMs: nowMs, rxBytes };
  if (linkUse === 'out') return stall;
  // Without another link to compare, only a modem that receives nothing is to blame.
  const receivesNothing =
    rxBytes !== undefined &&
    stall.rxBytes !== undefined &&
    rxBytes >= stall.rxBytes &&
    rxBytes - stall.rxBytes < LOCAL_TRAFFIC_BYTES;
  return receivesNothing ? stall : { sinceMs: nowMs, rxBytes };
}
