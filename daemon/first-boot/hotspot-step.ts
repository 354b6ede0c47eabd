/** When the box opens a hotspot of its own, and when it closes it. Pure. */
import type { NetworkState } from '../../hal/wifi/port.ts';

export interface HotspotFacts extends NetworkState {
  /** The set-up was never finished: the hotspot is where it is done. */
  readonly isFirstBoot: boolean;
  /** When a client last used the hotspot, by the monotonic clock. */
  readonly usedMs: number | undefined;
  readonly nowMs: number;
}

/** What the box does about it, and since when. */
export interface HotspotState {
  readonly phase: 'waiting' | 'network' | 'hotspot';
  readonly sinceMs: number;
}

export type HotspotAction = 'open' | 'close' | 'nothing';

/** NetworkManager joins what it knows within that. */
export const FIRST_WAIT_MS = 10_000;
/** A venue's router that restarts is given as long. */
export const WAIT_MS = 60_000;
/** The hotspot hides the venue's Wi-Fi from the card: it is looked for again as often, while nobody uses it. */
export const AGAIN_MS = 300_000;

export function stepHotspot(
  state: HotspotState,
  facts: HotspotFacts,
): { readonly state: HotspotState; readonly action: HotspotAction } {
  const { nowMs, wifi } = facts;
  const stay = (phase: HotspotState['phase']): HotspotState =>
    state.phase === phase ? state : { phase, sinceMs: nowMs };
  if (wifi === 'hotspot') {
    const open = stay('hotspot');
    if (!isOver(open, facts)) return { state: open, action: 'nothing' };
    return { state: { phase: 'waiting', sinceMs: nowMs }, action: 'close' };
  }
  if (hasNetwork(facts)) return { state: stay('network'), action: 'nothing' };
  const waiting = stay('waiting');
  const waitMs = facts.isFirstBoot && !facts.knowsWifi ? FIRST_WAIT_MS : WAIT_MS;
  const isTime = nowMs - waiting.sinceMs >= waitMs;
  if (!isTime || wifi === 'absent') return { state: waiting, action: 'nothing' };
  return { state: { phase: 'waiting', sinceMs: nowMs }, action: 'open' };
}

/** The first set-up needs no cable taken out: the card is free for the hotspot beside it. */
function hasNetwork({ hasCable, wifi, isFirstBoot }: HotspotFacts): boolean {
  return wifi === 'connected' || (hasCable && !isFirstBoot);
}

function isOver({ sinceMs }: HotspotState, facts: HotspotFacts): boolean {
  const { nowMs, usedMs = sinceMs, isFirstBoot, hasCable, knowsWifi } = facts;
  const isQuiet = nowMs - Math.max(usedMs, sinceMs) >= (hasCable ? WAIT_MS : AGAIN_MS);
  return !isFirstBoot && isQuiet && (hasCable || knowsWifi);
}
