/** Camera and sound for the set-up's picture and meters, while nobody else has them. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { NOTHING_HIDDEN } from '../media/hidden-run.ts';
import type { MediaPath } from '../media/media-path.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

export interface PreviewDeps {
  readonly mediaPath: Pick<MediaPath, 'setHidden' | 'endedLeftMs'>;
  readonly snapshot: () => Pick<BoxSnapshot, 'drop' | 'readiness'>;
  readonly state: { set(change: { readonly media: undefined; readonly levels: undefined }): void };
  readonly clock: Clock;
}

/** The page asks again every ten seconds; a phone that was put away does not. */
const FOR_MS = 30_000;
const LOOK_EVERY_MS = 500;

export class PreviewRun {
  readonly #deps: PreviewDeps;
  #untilMs = 0;
  #isOn = false;

  constructor(deps: PreviewDeps) {
    this.#deps = deps;
  }

  /** Asks for it, for a while. */
  want(): void {
    this.#untilMs = this.#deps.clock.monotonicMs() + FOR_MS;
  }

  stop(): void {
    this.#untilMs = 0;
  }

  readonly run = async (signal: AbortSignal): Promise<void> => {
    while (await pause(this.#deps.clock, LOOK_EVERY_MS, signal)) this.#follow();
    this.#untilMs = 0;
    this.#follow();
  };

  #follow(): void {
    const { mediaPath, snapshot, state, clock } = this.#deps;
    const { drop, readiness } = snapshot();
    const isFree = drop.phase === 'idle' && readiness?.running === undefined;
    const isSeen = mediaPath.endedLeftMs() === 0;
    const isWanted = isFree && isSeen && clock.monotonicMs() < this.#untilMs;
    if (isWanted === this.#isOn) return;
    this.#isOn = isWanted;
    // A rehearsal that has begun meanwhile wants its own.
    if (readiness?.running !== undefined) return;
    mediaPath.setHidden({ ...NOTHING_HIDDEN, isCapturing: isWanted });
    // What was measured then is not true any more.
    if (!isWanted && drop.phase === 'idle') state.set({ media: undefined, levels: undefined });
  }
}
