/** A destination pauses while the SIM card that it leaves by has used up its data budget. */
import { pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { openSwitch } from '../../../hal/os/switch.ts';
import { runAll, type Task } from '../../../hal/os/task.ts';

/** What goes out within it comes on top of the budget. */
const LOOK_EVERY_MS = 1_000;

export interface BudgetDeps {
  /** The link that it leaves by, where that link has no data left; undefined else. */
  readonly spentLink: () => string | undefined;
  /** Called again and again while it pauses, and once without a link when that ends. */
  readonly onPaused: (link: string | undefined) => void;
  readonly clock: Clock;
}

/** It runs on when the month ends, the budget is raised, or the machine's route leads elsewhere. */
export function withinBudget(task: Task, { spentLink, onPaused, clock }: BudgetDeps): Task {
  return async (signal) => {
    const { set, run } = openSwitch(task);
    let isPaused = false;
    const look: Task = async (ends) => {
      do {
        const link = spentLink();
        set(link === undefined);
        // The task's own last words come after it was switched off: its state is set again.
        if (link !== undefined || isPaused) onPaused(link);
        isPaused = link !== undefined;
      } while (await pause(clock, LOOK_EVERY_MS, ends));
    };
    try {
      await runAll([look, run], signal);
    } finally {
      if (isPaused) onPaused(undefined);
    }
  };
}
