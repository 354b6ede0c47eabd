/** When the box opens a hotspot of its own, and when it closes it. Pure. */
import type { NetworkState } from '../../hal/wifi/port.ts';

export interface HotspotFacts extends NetworkState {
  /** The set-up was never finished: the hotspot is where it is done. */
  readonly isFirstBoot: boolean;
  /** From the checks to the end of a drop: those who are in a network of the box stay in it. */
  readonly isOnAir: boolean;
  /** When a page was last used over the hotspot, by the monotonic clock. */
  readonly usedMs: number | undefined;
  /** Somebody who has signed in works over it. */
  readonly hasPage: boolean;
  readonly nowMs: number;
}

/** What the box does about it, and since when. */
export interface HotspotState {
  /** `looking`: the hotspot was closed for it. */
  readonly phase: 'waiting' | 'looking' | 'network' | 'hotspot';
  readonly sinceMs: number;
  /** It was opened on air, when the Wi-Fi was gone. */
  readonly isOfDrop?: boolean;
}

export type HotspotAction = 'open' | 'close' | 'nothing';

/** NetworkManager joins what it knows within that. */
export const FIRST_WAIT_MS = 10_000;
/** So does a card that the hotspot has just left, or one of a new box that knows a network. */
export const LOOK_MS = 60_000;
/** A venue's router that restarts takes as long. */
export const WAIT_MS = 180_000;
/**
 * While the card is connecting, and while guests wait for it on the venue's Wi-Fi, it waits longer;
 * not for ever: a network may give no address, and a router may be gone for good.
 */
export const CONNECTING_TIMES = 3;
/** The hotspot hides the venue's Wi-Fi from the card: it is looked for again as often, while nobody uses it. */
export const AGAIN_MS = 300_000;
/** A page that was left open on a phone keeps the box out of it for so long. */
export const UNSIGNED_MS = 1_800_000;

export function stepHotspot(
  state: HotspotState,
  facts: HotspotFacts,
): { readonly state: HotspotState; readonly action: HotspotAction } {
  const { nowMs, wifi, isOnAir } = facts;
  const stay = (phase: HotspotState['phase']): HotspotState =>
    state.phase === phase ? state : { phase, sinceMs: nowMs };
  if (wifi === 'hotspot') {
    const open = { ...stay('hotspot'), isOfDrop: isOnAir && state.isOfDrop === true };
    if (!isOver(open, facts)) return { state: open, action: 'nothing' };
    return { state: { ...open, phase: 'looking', sinceMs: nowMs }, action: 'close' };
  }
  if (hasNetwork(facts)) return { state: stay('network'), action: 'nothing' };
  const waiting = state.phase === 'looking' ? state : stay('waiting');
  const isTime = nowMs - waiting.sinceMs >= waitMs(waiting, facts);
  if (!isTime || wifi === 'absent') return { state: waiting, action: 'nothing' };
  return { state: { phase: 'waiting', sinceMs: nowMs, isOfDrop: isOnAir }, action: 'open' };
}

/** The first set-up needs no cable taken out: the card is free for the hotspot beside it. */
function hasNetwork({ hasCable, wifi, isFirstBoot }: HotspotFacts): boolean {
  return wifi === 'connected' || (hasCable && !isFirstBoot);
}

function waitMs({ phase }: HotspotState, facts: HotspotFacts): number {
  const { isFirstBoot, knowsWifi, wifi, isOnAir } = facts;
  const times = wifi === 'connecting' ? CONNECTING_TIMES : 1;
  if (phase === 'looking') return LOOK_MS * times;
  // The card would be away from the guests on the venue's Wi-Fi when that is back.
  if (isOnAir && knowsWifi) return WAIT_MS * CONNECTING_TIMES;
  if (isFirstBoot) return (knowsWifi ? LOOK_MS : FIRST_WAIT_MS) * times;
  return WAIT_MS * times;
}

function isOver({ sinceMs, isOfDrop }: HotspotState, facts: HotspotFacts): boolean {
  const { nowMs, usedMs = sinceMs, hasPage, isFirstBoot, hasCable, knowsWifi, isOnAir } = facts;
  if (isFirstBoot || hasPage || !(hasCable || knowsWifi)) return false;
  const quietMs = nowMs - Math.max(usedMs, sinceMs);
  // One that was open before has guests in it; this one keeps the box from those on the venue's Wi-Fi.
  if (isOnAir) return isOfDrop === true && knowsWifi && quietMs >= AGAIN_MS;
  const isQuiet = quietMs >= (hasCable ? LOOK_MS : AGAIN_MS);
  return isQuiet || (knowsWifi && nowMs - sinceMs >= UNSIGNED_MS);
}
