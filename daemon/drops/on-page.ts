/** What guests see of the drop that is shown. Pure. */
import { resolve } from 'node:path';
import type { DropOnPage } from '../../pipelines/player/drop-json.ts';
import type { DropConfig } from '../config/drop.ts';
import type { PlannedDrop } from '../config/drop-list/parse.ts';
import { isNext, isNextNearer, type LastDrop } from './present.ts';

interface Shown {
  /** Undefined where the drop is that of the config. */
  readonly planned: PlannedDrop | undefined;
  /** The last one that was held. */
  readonly last: LastDrop | undefined;
  /** Where relative names of files begin. */
  readonly stateFolder: string;
  readonly nowMs: number;
  /** The clock is known not to be synchronised. */
  readonly isClockFree: boolean;
}

export function onPage(
  drop: DropConfig,
  { planned, last, stateFolder, nowMs, isClockFree }: Shown,
): DropOnPage {
  const { id, title, starts_at, ends_at, picture_file, profile } = drop;
  const picture = picture_file === '' ? {} : { pictureFile: resolve(stateFolder, picture_file) };
  const narrow = profile === '' ? {} : { profile };
  const before = last && { last: { title: last.title, dropId: last.run } };
  const hasNext = isNext(planned, drop, last);
  return {
    ...{ id, title, startsAt: starts_at, endsAt: ends_at, hasReactions: drop.reactions },
    ...picture,
    ...narrow,
    ...before,
    isNext: hasNext,
    isNextNearer: isNextNearer(last, hasNext ? drop : undefined, nowMs),
    ...(isClockFree && { isClockFree }),
  };
}
