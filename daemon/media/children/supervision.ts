/** Restarts the child processes when they end. */
import type { ClockAndLog } from '../../../hal/os/log.ts';
import { ProcessError } from '../../../hal/os/process.ts';
import { type RestartPolicy, type Supervised, supervise } from '../../../hal/os/supervise.ts';
import type { Task } from '../../../hal/os/task.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';

export interface SupervisionDeps extends ClockAndLog {
  readonly onChild: (name: string, supervised: Supervised) => void;
}

/**
 * A dead child is restarted within the time that a viewer's buffer lasts; one that cannot start is tried
 * every two seconds, so that a camera is back within five of its plug.
 */
const CHILD_POLICY: RestartPolicy = {
  firstPauseMs: 50,
  longestPauseMs: 2_000,
  healthyMs: 10_000,
};

/** A child that exits three times before it has worked will not work. */
const START_TRIES = 3;

/**
 * Makes tasks of the box's child processes: each is restarted whenever it ends. A child that
 * cannot start rejects with the reason.
 *
 * @returns A task from a child's name, its run, and whether its fault may clear by
 * itself: where not, a wrong config, a taken port or three exits of its own need
 * an operator.
 */
export function openSupervision({ clock, log, onChild }: SupervisionDeps) {
  return (name: string, run: Task, isRecovering: () => boolean): Task =>
    (signal) => {
      let failures = 0;
      const options = {
        policy: CHILD_POLICY,
        clock,
        log,
        onChange: (supervised: Supervised) => onChild(name, supervised),
        isFatal: (error: unknown) => {
          if (isRecovering()) return false;
          if (isOwnFailure(error)) failures += 1;
          return isStartFault(error) || failures >= START_TRIES;
        },
      };
      return supervise(name, run, options, signal);
    };
}

/** The child gave up by itself; it was not killed. */
function isOwnFailure(error: unknown): boolean {
  return error instanceof ProcessError && error.exitCode !== undefined;
}

function isStartFault(error: unknown): boolean {
  return error instanceof PipelineError && error.code !== 'GRAPH_FAILED';
}
