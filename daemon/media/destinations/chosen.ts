/** Runs the destinations that the drop goes to, which may change while it is on air. */
import { pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { openSwitch } from '../../../hal/os/switch.ts';
import { runAll, type Task } from '../../../hal/os/task.ts';

const CHOOSE_EVERY_MS = 1_000;

/** @param chosen Which of them, by id; undefined: all. */
export function runChosen(
  tasks: readonly { readonly id: string; readonly task: Task }[],
  chosen: () => readonly string[] | undefined,
  clock: Clock,
): Task {
  const switches = tasks.map(({ id, task }) => ({ id, ...openSwitch(task) }));
  const choose: Task = async (signal) => {
    do {
      const ids = chosen();
      for (const { id, set } of switches) set(ids === undefined || ids.includes(id));
    } while (await pause(clock, CHOOSE_EVERY_MS, signal));
  };
  return (signal) => runAll([choose, ...switches.map(({ run }) => run)], signal);
}
