/** Whether a drop is live or has just ended, and what of the media process follows from that. */
import type { NotLiveFilter } from '../origin/not-live.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { Archive } from './archive.ts';
import type { MediaClock } from './media-clock.ts';
import type { ToMedia } from './messages.ts';

/** How long guests read that the drop is over. Those who open the page later expect the next one. */
const OVER_SHOWN_MS = 15 * 60_000;

export interface DropStateDeps {
  readonly presentation: Presentation;
  readonly archive: Archive;
  readonly notLive: NotLiveFilter;
  readonly clock: MediaClock;
}

export class DropState {
  readonly #deps: DropStateDeps;
  #overUntilMs = 0;

  constructor(deps: DropStateDeps) {
    this.#deps = deps;
  }

  /** True while the last drop has ended a short time ago and no other has begun. */
  get isOver(): boolean {
    return performance.now() < this.#overUntilMs;
  }

  /** A drop begins, where the message names one, or ends. */
  set({ dropId, isOver = false }: Extract<ToMedia, { type: 'record' }>): void {
    const { presentation, archive, notLive, clock } = this.#deps;
    this.#overUntilMs = isOver ? performance.now() + OVER_SHOWN_MS : 0;
    if (dropId !== undefined) presentation.listFromNow(clock.nowUs());
    notLive.setLive(dropId !== undefined);
    archive.setRecording(dropId);
  }
}
