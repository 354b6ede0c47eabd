/** A coming drop, as the rest of the box sees it. Pure. */
import type { PlannedDrop } from '../config/drop-list/parse.ts';
import type { PlannedDropInfo, PlannedPhase } from '../model/planned-drops.ts';
import { plannedLook } from './look.ts';

/** What a fleet shares; all else was added at this box. */
const SHARED_KEYS: readonly string[] = ['id', 'title', 'starts_at', 'ends_at'];

export function infoOf(drop: PlannedDrop, phase: PlannedPhase): PlannedDropInfo {
  const hasDetails = Object.keys(drop).some((key) => !SHARED_KEYS.includes(key));
  return {
    id: drop.id,
    title: drop.title,
    startsAt: drop.starts_at ?? '',
    endsAt: drop.ends_at ?? '',
    pictureFile: drop.picture_file ?? '',
    profile: drop.profile ?? '',
    ...(drop.look && { look: plannedLook(drop.look) }),
    articles: drop.catalogue?.length ?? 0,
    ...(hasDetails && { hasDetails }),
    phase,
  };
}
