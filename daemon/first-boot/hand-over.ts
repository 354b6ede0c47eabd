/** Ends a set-up whose person left at its last screen, without the button. */

import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Task } from '../../hal/os/task.ts';
import type { SetUp } from './progress.ts';

/** The page asks far more often, also behind another one. */
export const AWAY_MS = 120_000;

export interface HandOverDeps {
  readonly setUp: SetUp;
  /** Somebody works on the box's page, or it is on air. */
  readonly isUsed: () => boolean;
  readonly finish: () => Promise<void>;
  readonly clock: Clock;
}

export class HandOverWatch {
  readonly #deps: HandOverDeps;
  #isPresent = true;

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
  }

  /** A request of the set-up's page. */
  use(): void {
    this.#isPresent = true;
  }

  readonly run: Task = async (signal) => {
    const { setUp, isUsed, finish, clock } = this.#deps;
    while (!setUp.isFinished && (await pause(clock, AWAY_MS, signal))) {
      if (!this.#isPresent && setUp.isHandOverShown && !isUsed()) await finish();
      this.#isPresent = false;
    }
  };
}
