/** What a box publishes to the others of its fleet. Pure. */
import type { FleetConfig } from '../config/mqtt.ts';
import type { FleetMessage, SharedDrop } from '../model/fleet.ts';
import { healthOf } from '../model/phase.ts';
import type { ShownDrop } from '../model/planned-drops.ts';
import { clipText, orNull } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** A checklist of yesterday says nothing of this evening. */
const CHECKED_FOR_MS = 12 * 3_600_000;

export function ownMessage(
  { name, leader }: FleetConfig,
  box: BoxSnapshot,
  wallMs: number,
  operatorUrl: string | undefined,
): FleetMessage {
  const { drop, media, plannedDrops, system } = box;
  return {
    fleet: name,
    leader: leader === '' ? null : leader,
    drop: plannedDrops === undefined ? null : sharedDrop(plannedDrops.shown),
    phase: drop.phase,
    ready: readyOf(box, wallMs),
    viewers: orNull(media?.viewers, ({ viewers }) => viewers),
    health: healthOf(box),
    clock_synced: isSynced(system?.clock.phase),
    operator_url: orNull(operatorUrl, (url) => clipText(url, 256)),
  };
}

/** One without an id cannot be shared. */
function sharedDrop({ id, title, startsAt, endsAt }: ShownDrop): SharedDrop | null {
  if (id === '') return null;
  const time = (given: string) => (given === '' ? null : given);
  return { id, title, starts_at: time(startsAt), ends_at: time(endsAt) };
}

function isSynced(phase: 'synchronised' | 'free' | 'unknown' | undefined): boolean | null {
  return phase === undefined || phase === 'unknown' ? null : phase === 'synchronised';
}

function readyOf({ drop, readiness }: BoxSnapshot, wallMs: number): FleetMessage['ready'] {
  if (drop.phase === 'fault') return 'failed';
  if (drop.phase === 'armed' || drop.phase === 'live' || drop.phase === 'ending') return 'ready';
  const checklist = readiness?.checklist;
  if (checklist === undefined || wallMs - Date.parse(checklist.taken) > CHECKED_FOR_MS) {
    return 'unchecked';
  }
  return ({ pass: 'checked', warn: 'warned', fail: 'failed' } as const)[checklist.verdict];
}
