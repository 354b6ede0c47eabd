/** What the page says of each box of a fleet. Pure. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { FleetBox, FleetState } from '../../../model/fleet.ts';
import { boxTexts } from '../text/texts.ts';
import { formatSpan } from '../ui/format.ts';

/** A countdown that is off by less does no harm. */
const CLOCK_OFF_MS = 5_000;

/** Armed or live, with the drop that all share. */
export function isReady(box: FleetBox, fleet: FleetState): boolean {
  return !box.isAway && box.ready === 'ready' && hasDrop(box, fleet);
}

/** True also where none is shared. */
function hasDrop({ drop }: FleetBox, { drop: shared }: FleetState): boolean {
  if (shared === undefined) return true;
  const startOf = ({ starts_at }: { readonly starts_at: string | null }) =>
    starts_at === null ? undefined : Date.parse(starts_at);
  return drop?.id === shared.id && startOf(drop) === startOf(shared);
}

/** Nothing for one that is away: what it said last is not so any more. */
export function describeBox(box: FleetBox, fleet: FleetState): readonly string[] {
  const { isAway, phase, ready, viewers, health, clock_synced, clockAheadMs = 0 } = box;
  if (isAway) return [];
  const isOn = phase === 'live' || phase === 'ending';
  const time = formatSpan(Math.abs(clockAheadMs) / 1000);
  return [
    ...(isOn || phase === 'fault' ? [] : [READY[ready]]),
    ...(isOn && viewers !== null ? [fill(boxTexts.fleetViewers, { count: String(viewers) })] : []),
    ...(hasDrop(box, fleet) ? [] : [otherDrop(box)]),
    ...(health === 'ok' ? [] : [health === 'failed' ? boxTexts.fleetHelp : boxTexts.fleetLook]),
    ...(Math.abs(clockAheadMs) > CLOCK_OFF_MS ? [fill(boxTexts.fleetClock, { time })] : []),
    ...(clock_synced === false ? [boxTexts.fleetClockFree] : []),
  ];
}

const READY: Readonly<Record<FleetBox['ready'], string>> = {
  ready: boxTexts.ready,
  checked: boxTexts.fleetChecked,
  warned: boxTexts.fleetWarned,
  failed: boxTexts.fleetFailed,
  unchecked: boxTexts.fleetUnchecked,
};

function otherDrop({ drop }: FleetBox): string {
  if (drop === null) return boxTexts.fleetOwnDrop;
  return fill(boxTexts.fleetOtherDrop, { title: drop.title === '' ? drop.id : drop.title });
}

/** Its operator's page: whatever another box says, only a plain web address becomes a link. */
export function pageOf({ operator_url: address }: FleetBox): string | undefined {
  if (address === null) return undefined;
  try {
    const { protocol, username, password, href } = new URL(address);
    const isWeb = protocol === 'http:' || protocol === 'https:';
    return isWeb && username === '' && password === '' ? href : undefined;
  } catch {
    return undefined;
  }
}
