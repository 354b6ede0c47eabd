/** What of the box goes by the time of day: it is not certain until the clock is synchronised. Pure. */
import type { BoxSnapshot } from '../model/snapshot.ts';

/** How long the box was off, times of sessions and of presses go by clocks that are never set. */
export function clockNeeds({ plannedDrops, shop, recording }: BoxSnapshot): string {
  const isPlanned = (plannedDrops?.shown.startsAt ?? '') !== '';
  const needs = [
    ...(isPlanned ? ['the start of the next drop'] : []),
    ...(recording.length > 0 ? ['times of recordings'] : []),
    ...(shop === undefined ? [] : ['times of orders, and signed ones that seem late are put off']),
    'certificates',
  ];
  return `not certain: ${needs.join(', ')}`;
}
