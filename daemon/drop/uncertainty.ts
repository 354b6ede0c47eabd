/** A drop that was resumed by a clock that may have been wrong. */
import type { BootClock, Clock } from '../../hal/os/clock.ts';
import { isClockSynchronised } from '../health/thresholds.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { nowOf } from './boot-time.ts';
import { type Alive, isTooLate, type SavedDrop } from './saved-drop.ts';
import type { Now } from './state.ts';

/** The time, and whether the clock is known to be right. */
export function nowIn(box: {
  readonly clock: Clock;
  readonly boot?: BootClock;
  readonly snapshot: () => BoxSnapshot;
}): Now {
  const isRight = isClockSynchronised(box.snapshot().system);
  return { ...nowOf(box.clock, box.boot), isRight };
}

/** Lasts until the clock is set and the question settled, or a person takes the drop over. */
export class ClockUncertainty {
  readonly #clock: Clock;
  readonly #startedMs: number;
  #saved: SavedDrop | undefined;
  #hasSettled = false;

  /** @param saved What was resumed; undefined where nothing was. */
  constructor(saved: SavedDrop | undefined, clock: Clock) {
    this.#saved = saved;
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  /** A person gave it a command. */
  settle(): void {
    this.#hasSettled ||= this.#saved !== undefined;
    this.#saved = undefined;
  }

  /** True once it has ended: what is on the disk says the time before the power failure yet. */
  takeSettled(): boolean {
    const hasSettled = this.#hasSettled;
    this.#hasSettled = false;
    return hasSettled;
  }

  /** What is uncertain keeps its time: a second power failure must not make it a recent one. */
  lastAlive(box: BoxSnapshot, now: Pick<Alive, 'onMs' | 'bootId' | 'sinceBootMs'>): Alive {
    if (this.#saved !== undefined) {
      const { aliveMs, isClockSet, onMs, bootId, sinceBootMs } = this.#saved;
      return { aliveMs, isClockSet, onMs, bootId, sinceBootMs };
    }
    return { aliveMs: this.#clock.wallMs(), isClockSet: isClockSynchronised(box.system), ...now };
  }

  /** The drop that is to end, once: the box was off for too long, and no viewer is there. */
  overdueDrop(box: BoxSnapshot, resumeWithinMs: number): string | undefined {
    const saved = this.#saved;
    if (saved === undefined || !isClockSynchronised(box.system)) return undefined;
    this.settle();
    const ranMs = this.#clock.monotonicMs() - this.#startedMs;
    const isLate = isTooLate(saved, this.#clock.wallMs() - ranMs, resumeWithinMs);
    const isWatched = (box.media?.viewers.viewers ?? 0) > 0;
    return isLate && !isWatched ? saved.live?.dropId : undefined;
  }
}
