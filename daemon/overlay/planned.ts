/** What the drop that is shown has in its picture. */
import type { OverlayContent } from '../model/overlay.ts';
import type { Schedule } from './schedule.ts';

/** Another one ends what was asked for. */
export interface PlannedOverlay {
  /** Its id. */
  readonly drop: string;
  readonly content: OverlayContent;
  readonly schedule: Schedule;
  /** To which the code may lead. */
  readonly hosts: readonly string[];
}

/** Hosts are those of the config: others make it no other one. */
export function ownOf({ hosts: _, ...own }: PlannedOverlay): string {
  return JSON.stringify(own);
}
