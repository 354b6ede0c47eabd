import type { Clock } from '../../hal/os/clock.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { isTooLate, type SavedDrop } from './saved-drop.ts';

/**
 * A drop that went on by a clock that may not have been set, until one that is has been asked,
 * or a person has made the drop theirs.
 */
export class ClockUncertainty {
  readonly #clock: Clock;
  readonly #startedMs: number;
  #kept: SavedDrop | undefined;

  /** @param kept By what it went on; undefined where nothing did. */
  constructor(kept: SavedDrop | undefined, clock: Clock) {
    this.#kept = kept;
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  /** A person gave it a command. */
  settle(): void {
    this.#kept = undefined;
  }

  /** What is doubted keeps its time: a second power failure must not make it a recent one. */
  lastAlive(box: BoxSnapshot): Pick<SavedDrop, 'aliveMs' | 'isClockSet'> {
    if (this.#kept !== undefined) {
      const { aliveMs, isClockSet } = this.#kept;
      return { aliveMs, isClockSet };
    }
    return { aliveMs: this.#clock.wallMs(), isClockSet: isSet(box) };
  }

  /** The drop that is to end, once: it was away for too long, and nobody is there. */
  overdueDrop(box: BoxSnapshot, resumeWithinMs: number): string | undefined {
    const kept = this.#kept;
    if (kept === undefined || !isSet(box)) return undefined;
    this.#kept = undefined;
    const ranMs = this.#clock.monotonicMs() - this.#startedMs;
    const isLate = isTooLate(kept, this.#clock.wallMs() - ranMs, resumeWithinMs);
    // Where people watch somebody is there.
    const isWatched = (box.media?.viewers.viewers ?? 0) > 0;
    return isLate && !isWatched ? kept.live?.dropId : undefined;
  }
}

function isSet({ system }: BoxSnapshot): boolean {
  return system?.clock.phase === 'synchronised';
}
