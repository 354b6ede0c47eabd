/** What a box does about the drop of its leader. Pure. */
import type { SharedDrop } from '../model/fleet.ts';
import type { PlannedDropInfo, PlannedDropsState } from '../model/planned-drops.ts';

export type Step =
  | { readonly do: 'nothing' }
  /** Add it to the list of coming drops, or give it the leader's title and times. */
  | { readonly do: 'set'; readonly drop: SharedDrop; readonly isNew: boolean }
  /** The leader has called it off. */
  | { readonly do: 'remove'; readonly id: string }
  /** It was held, is on air here, or has a catalogue or the like: it is the box's own now. */
  | { readonly do: 'keep' };

/**
 * Title and times of the shared drop are the leader's; all else of it is the box's own, as its
 * catalogue is.
 *
 * @param shared What the leader shows; null: no drop; undefined: the leader is not known.
 * @param taken The drop that was added for the leader, if one was.
 * @param isPrepared The host has checked the drop that is shown: it does not go meanwhile.
 */
export function followStep(
  shared: SharedDrop | null | undefined,
  { list, broken = [] }: Pick<PlannedDropsState, 'list' | 'broken'>,
  taken: string | undefined,
  isPrepared = false,
): Step {
  if (shared === undefined) return { do: 'nothing' };
  if (taken !== undefined && taken !== shared?.id) {
    const before = list.find(({ id }) => id === taken);
    if (before === undefined || isOwn(before)) return { do: 'keep' };
    return isPrepared && before.phase === 'shown' ? { do: 'nothing' } : { do: 'remove', id: taken };
  }
  if (shared === null) return { do: 'nothing' };
  const own = list.find(({ id }) => id === shared.id);
  // One with a mistake would be replaced, with all that its host has added.
  if (own === undefined && broken.includes(shared.id)) return { do: 'nothing' };
  if (own === undefined) return { do: 'set', drop: shared, isNew: true };
  const isSame =
    own.title === titleOf(shared) &&
    isSameTime(own.startsAt, shared.starts_at) &&
    isSameTime(own.endsAt, shared.ends_at);
  // What was held is history.
  return isSame || own.phase === 'held'
    ? { do: 'nothing' }
    : { do: 'set', drop: shared, isNew: false };
}

/** What its host has added to it is nowhere else: it would be lost with it. */
function isOwn({ phase, hasDetails }: PlannedDropInfo): boolean {
  return hasDetails === true || phase === 'on' || phase === 'held';
}

/** The list takes none without a title. */
export function titleOf({ id, title }: SharedDrop): string {
  return title === '' ? id : title;
}

function isSameTime(own: string, wanted: string | null): boolean {
  return wanted === null ? own === '' : Date.parse(own) === Date.parse(wanted);
}
