import { holdLadder, type LadderState, startLadder, stepLadder } from '../../hal/modem/ladder.ts';
import type { ModemAction, ModemState, Registration } from '../../hal/modem/port.ts';
import type { LinkUse } from './link-state.ts';

/** How far each modem that does not come back has been taken up the ladder. Pure. */
export interface ResetAttempt {
  /** As it was last seen. */
  readonly modem: ModemState;
  /** On a rung above 0: it was acted on, and has not been well for two minutes since. */
  readonly ladder: LadderState;
  /** It was in use since the start, so somebody wants it back. */
  readonly wasConnected: boolean;
  /** Since when its link carries nothing though it says connected, and what it had received then. */
  readonly mute: { readonly sinceMs: number; readonly rxBytes: number | undefined } | undefined;
  readonly seenMs: number;
}

export type ResetAttempts = ReadonlyMap<string, ResetAttempt>;

/** A modem with what is wanted and known of its link. */
export interface Seen {
  readonly modem: ModemState;
  /** A link of the config goes over it; undefined where the config has nothing to say of it. */
  readonly isWanted: boolean | undefined;
  readonly linkUse: LinkUse;
}

export interface DueAction {
  readonly modem: ModemState;
  readonly action: ModemAction;
  readonly reason: string;
}

/** The bonding leaves a bad link and comes back to it; the ladder's own patience is added. */
const MUTE_MS = 75_000;
/** What a modem's own router may chatter without any radio. */
const CHATTER_BYTES = 4096;
/** One that was not seen for so long is another evening's. */
const FORGET_MS = 3_600_000;
const MOST_CLIMBS = 32;

/** The name a modem keeps over a reset: ModemManager numbers those without an IMEI anew. */
export function modemKeyOf({ id, interfaceName }: ModemState): string {
  return id.startsWith('/org/') ? (interfaceName ?? id) : id;
}

/**
 * Looks once.
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
): { readonly climbs: ResetAttempts; readonly due: readonly DueAction[] } {
  const climbs = new Map<string, ResetAttempt>();
  const due: DueAction[] = [];
  const connected = (seen ?? []).filter(({ modem }) => modem.registration === 'connected');
  const mayPower = (key: string) =>
    canPower && connected.every(({ modem }) => modemKeyOf(modem) === key);
  const take = (key: string, { climb, action, reason }: Stepped) => {
    climbs.set(key, climb);
    if (action !== undefined) due.push({ modem: climb.modem, action, reason });
  };
  for (const one of seen ?? []) {
    const key = modemKeyOf(one.modem);
    if (climbs.has(key) || climbs.size >= MOST_CLIMBS) continue;
    take(key, stepSeen(before.get(key), one, mayPower(key), nowMs));
  }
  for (const [key, climb] of before) {
    if (climbs.has(key) || climbs.size >= MOST_CLIMBS) continue;
    if (nowMs - climb.seenMs > FORGET_MS) continue;
    take(key, stepGone(climb, mayPower(key) && seen !== undefined, nowMs));
  }
  return { climbs, due };
}

interface Stepped {
  readonly climb: ResetAttempt;
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
    ladder: startLadder(nowMs),
    wasConnected: false,
    mute: undefined,
    seenMs: nowMs,
  };
  const mute = muteOf(before, modem, linkUse, nowMs);
  const isMute = mute !== undefined && nowMs - mute.sinceMs >= MUTE_MS;
  const registration = registrationOf(modem, linkUse, isMute);
  const wasConnected = before.wasConnected || registration === 'connected';
  // A SIM that nobody put in comes by no reset.
  const isHopeless = modem.sim === 'absent' && !wasConnected;
  const isLeft = isHopeless || !(isWanted ?? wasConnected);
  const { state, action } = isLeft
    ? { state: holdLadder(before.ladder, nowMs), action: undefined }
    : stepLadder(before.ladder, nowMs, registration, canPower);
  const climb = { modem, ladder: state, wasConnected, mute, seenMs: nowMs };
  const reason = isMute
    ? 'it is connected, and its link carries nothing'
    : `it is ${modem.registration}`;
  return { climb, action, reason };
}

/** One that is not there hears nothing, and takes a while to start after a reset. */
function stepGone(before: ResetAttempt, canPower: boolean, nowMs: number): Stepped {
  const { state, action } =
    canPower && before.wasConnected
      ? stepLadder(before.ladder, nowMs, undefined, true)
      : { state: holdLadder(before.ladder, nowMs), action: undefined };
  return {
    climb: { ...before, mute: undefined, ladder: state },
    action,
    reason: 'it is not there any more',
  };
}

function registrationOf(modem: ModemState, linkUse: LinkUse, isMute: boolean): Registration {
  // A serial modem may be dialled by others, and does not know.
  if (linkUse === 'carries') return 'connected';
  return isMute && modem.registration === 'connected' ? 'registered' : modem.registration;
}

function muteOf(
  { mute }: ResetAttempt,
  { registration, rxBytesTotal: rxBytes }: ModemState,
  linkUse: LinkUse,
  nowMs: number,
): ResetAttempt['mute'] {
  if (registration !== 'connected' || (linkUse !== 'out' && linkUse !== 'all-out')) {
    return undefined;
  }
  if (mute === undefined) return { sinceMs: nowMs, rxBytes };
  if (linkUse === 'out') return mute;
  // Without another link to compare, only a modem that receives nothing is to blame.
  const isDeaf =
    rxBytes !== undefined &&
    mute.rxBytes !== undefined &&
    rxBytes >= mute.rxBytes &&
    rxBytes - mute.rxBytes < CHATTER_BYTES;
  return isDeaf ? mute : { sinceMs: nowMs, rxBytes };
}
