/** SRTLA v2's registration of links, as a pure step function. */
import type { SrtlaPacket } from '../wire/packet.ts';
import { type Member, opened, RENEW_MS, renewed } from './member.ts';

/** The sender's half of the group id; the receiver makes the other half its own. */
const OWN_ID_BYTES = 128;

/** REG2 goes out this often on every link that is not in the group. */
const REG2_MS = 1000;
/** And this often while no link is registered, to recover quickly from a total outage. */
const NO_LINK_REG2_MS = 500;

/** How long the answer to REG1 may take, doubled after each time-out, for slow paths. */
const EXCHANGE_MS = 1000;
const MAX_EXCHANGE_MS = 4000;

/** After a refusal the next attempt waits this long. */
const REFUSED_MS = 2000;

/** The group id and the state of each link. Every step makes a new value. */
export interface Registration {
  readonly id: Buffer;
  readonly members: ReadonlyMap<number, Member>;
  /** A REG1 that waits for its REG2. */
  readonly exchange?: { readonly slot: number; readonly sentMs: number };
  readonly exchangeMs: number;
  /** The link whose REG1 was not answered: until then another one is asked, if one answers. */
  readonly unanswered?: { readonly slot: number; readonly untilMs: number };
  /** When the receiver last gave a group id. */
  readonly namedMs?: number;
  /** No link carries anything, so that the receiver may have forgotten the group: it is asked. */
  readonly isSilent?: boolean;
}

export type RegistrationEvent =
  | { readonly kind: 'tick'; readonly isSilent?: boolean }
  | { readonly kind: 'opened' | 'closed' | 'lost'; readonly slot: number }
  | { readonly kind: 'packet'; readonly slot: number; readonly packet: SrtlaPacket };

export type RegistrationAction =
  | { readonly kind: 'send'; readonly slot: number; readonly packet: SrtlaPacket }
  /** Give the link a new local port: the receiver takes no second REG1 from one address. */
  | { readonly kind: 'rebind'; readonly slot: number }
  /** The receiver accepted the link into the group. */
  | { readonly kind: 'joined'; readonly slot: number }
  /** The receiver has forgotten the group that the link is in. */
  | { readonly kind: 'forgotten'; readonly slot: number };

export interface RegistrationStep {
  readonly next: Registration;
  readonly actions: readonly RegistrationAction[];
}

/** @param id 256 random bytes: the first half names this sender, the other is replaced. */
export function startRegistration(id: Buffer): Registration {
  return { id, members: new Map(), exchangeMs: EXCHANGE_MS };
}

/**
 * REG2 with the known id goes out on each link outside the group every second, or half
 * second. The receiver answers `no-group` when it does not know the id. With no link in,
 * REG1 then requests a group, REG2 brings the id, and REG2 goes out on every link; REG3
 * accepts each. Any packet may be lost: an exchange without an answer starts again, on
 * another link where one answers, or from a new port where the receiver would refuse the
 * old one. A receiver that was restarted answers nothing but REG2, so while no link is heard
 * of it goes out on those in the group too.
 */
export function stepRegistration(
  state: Registration,
  event: RegistrationEvent,
  nowMs: number,
): RegistrationStep {
  switch (event.kind) {
    case 'tick': {
      const isSilent = event.isSilent === true;
      const isSame = isSilent === (state.isSilent === true);
      return tick(isSame ? state : { ...state, isSilent }, nowMs);
    }
    case 'opened':
      return idle(withMember(state, event.slot, opened(state.members.get(event.slot), nowMs)));
    case 'lost':
      return idle(withMember(state, event.slot, opened(undefined, nowMs)));
    case 'closed':
      return idle(withoutMember(state, event.slot));
    case 'packet':
      return state.members.has(event.slot)
        ? onPacket(state, event.slot, event.packet, nowMs)
        : idle(state);
  }
}

function tick(state: Registration, nowMs: number): RegistrationStep {
  const { exchange } = state;
  if (exchange !== undefined) {
    if (nowMs - exchange.sentMs < state.exchangeMs) return idle(state);
    const { slot } = exchange;
    const exchangeMs = Math.min(MAX_EXCHANGE_MS, state.exchangeMs * 2);
    const unanswered = { slot, untilMs: nowMs + NO_LINK_REG2_MS };
    const retry = { ...registerAll(endExchange(state), nowMs), exchangeMs, unanswered };
    return { next: retry, actions: [{ kind: 'rebind', slot }] };
  }
  const pauseMs = isServed(state) ? REG2_MS : NO_LINK_REG2_MS;
  const members = new Map(state.members);
  const actions: RegistrationAction[] = [];
  for (const [slot, member] of members) {
    if (member.isIn && isServed(state)) continue;
    if (!member.isIn && nowMs >= member.renewAtMs) {
      members.set(slot, renewed(member, nowMs));
      actions.push({ kind: 'rebind', slot });
      continue;
    }
    if (nowMs < member.nextReg2Ms) continue;
    members.set(slot, { ...member, nextReg2Ms: nowMs + pauseMs });
    actions.push({ kind: 'send', slot, packet: { kind: 'reg2', id: state.id } });
  }
  return { next: actions.length === 0 ? state : { ...state, members }, actions };
}

function onPacket(
  state: Registration,
  slot: number,
  packet: SrtlaPacket,
  nowMs: number,
): RegistrationStep {
  switch (packet.kind) {
    case 'no-group':
      return onNoGroup(state, slot, nowMs);
    case 'reg2':
      return onGroupId(state, packet.id, nowMs);
    case 'reg3':
      return onAccepted(state, slot);
    case 'reg-err':
      return onError(state, slot, nowMs);
    case 'reg-nak':
      return idle(pausedMember(endExchange(state), slot, nowMs + REFUSED_MS));
    default:
      return idle(state);
  }
}

function onNoGroup(state: Registration, slot: number, nowMs: number): RegistrationStep {
  if (state.exchange !== undefined || isServed(state)) return idle(state);
  // The answer of a slower link to the id before: another group would end the one just given.
  if (state.namedMs !== undefined && nowMs - state.namedMs < EXCHANGE_MS) return idle(state);
  // The quickest link is the first to answer, each time, also where it loses much.
  const { unanswered } = state;
  if (unanswered?.slot === slot && nowMs < unanswered.untilMs) return idle(state);
  const forgotten = [...state.members].filter(([, { isIn }]) => isIn);
  return {
    next: {
      ...(forgotten.length > 0 ? registerAll(state, nowMs) : state),
      exchange: { slot, sentMs: nowMs },
    },
    actions: [
      ...forgotten.map(([member]) => ({ kind: 'forgotten', slot: member }) as const),
      { kind: 'send', slot, packet: { kind: 'reg1', id: state.id } },
    ],
  };
}

function onGroupId(state: Registration, id: Buffer, nowMs: number): RegistrationStep {
  const isOurs = id.subarray(0, OWN_ID_BYTES).equals(state.id.subarray(0, OWN_ID_BYTES));
  // A late answer counts too, unless a group is in use already.
  if (!isOurs || hasAnyIn(state)) return idle(state);
  const named = registerAll({ ...endExchange(state), id: Buffer.from(id), namedMs: nowMs }, nowMs);
  return tick(named, nowMs);
}

function onAccepted(state: Registration, slot: number): RegistrationStep {
  if (state.members.get(slot)?.isIn === true) return idle(state);
  const member = { isIn: true, nextReg2Ms: 0, renewAtMs: 0, renewPauseMs: RENEW_MS };
  // The group is in use: a request for another one no longer counts.
  const joined = withMember(endExchange(state), slot, member);
  return { next: { ...joined, exchangeMs: EXCHANGE_MS }, actions: [{ kind: 'joined', slot }] };
}

function onError(state: Registration, slot: number, nowMs: number): RegistrationStep {
  if (state.exchange?.slot !== slot) return idle(state);
  const later = pausedMember(endExchange(state), slot, nowMs + 200);
  return { next: later, actions: [{ kind: 'rebind', slot }] };
}

/** All links are outside of the group, and ask for it at once. */
function registerAll(state: Registration, nowMs: number): Registration {
  const members = [...state.members].map(([slot, member]) => {
    return [slot, opened(member.isIn ? undefined : member, nowMs)] as const;
  });
  return { ...state, members: new Map(members) };
}

function pausedMember(state: Registration, slot: number, nextReg2Ms: number): Registration {
  const member = state.members.get(slot);
  return member === undefined
    ? state
    : withMember(state, slot, { ...member, isIn: false, nextReg2Ms });
}

function endExchange({ exchange: _, ...rest }: Registration): Registration {
  return rest;
}

function withMember(state: Registration, slot: number, member: Member): Registration {
  return { ...state, members: new Map(state.members).set(slot, member) };
}

function withoutMember(state: Registration, slot: number): Registration {
  const members = new Map(state.members);
  members.delete(slot);
  return { ...(state.exchange?.slot === slot ? endExchange(state) : state), members };
}

/** Links are in the group, and some of them is heard of. */
function isServed(state: Registration): boolean {
  return state.isSilent !== true && hasAnyIn(state);
}

function hasAnyIn(state: Registration): boolean {
  for (const member of state.members.values()) if (member.isIn) return true;
  return false;
}

function idle(state: Registration): RegistrationStep {
  return { next: state, actions: [] };
}
