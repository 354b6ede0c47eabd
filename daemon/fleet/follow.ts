/** What a box does about the drop of its leader. Pure. */
import type { SharedDrop } from '../model/fleet.ts';
import type { PlannedDropsState } from '../model/planned-drops.ts';

export type Step =
  | { readonly do: 'nothing' }
  /** Add it to the list of coming drops, or give it the leader's title and times. */
  | { readonly do: 'set'; readonly drop: SharedDrop; readonly isNew: boolean }
  /** The leader has called it off. */
  | { readonly do: 'remove'; readonly id: string }
  /** It was held, or is on air here: it is the box's own now. */
  | { readonly do: 'keep' };

/**
 * Title and times of the shared drop are the leader's; all else of it is the box's own, as its
 * catalogue is.
 *
 * @param shared What the leader shows; null: no drop; undefined: the leader is not known.
 * @param taken The drop that was added for the leader, if one was.
 */
export function followStep(
  shared: SharedDrop | null | undefined,
  { list }: Pick<PlannedDropsState, 'list'>,
  taken: string | undefined,
): Step {
  if (shared === undefined) return { do: 'nothing' };
  if (taken !== undefined && taken !== shared?.id) {
    const phase = list.find(({ id }) => id === taken)?.phase;
    const isOver = phase === undefined || phase === 'on' || phase === 'held';
    return isOver ? { do: 'keep' } : { do: 'remove', id: taken };
  }
  if (shared === null) return { do: 'nothing' };
  const own = list.find(({ id }) => id === shared.id);
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

/** The list takes none without a title. */
export function titleOf({ id, title }: SharedDrop): string {
  return title === '' ? id : title;
}

function isSameTime(own: string, wanted: string | null): boolean {
  return wanted === null ? own === '' : Date.parse(own) === Date.parse(wanted);
}
