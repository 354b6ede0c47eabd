/** A server that the box can do without. */
import type { ClockAndLog } from '../../hal/os/log.ts';
import { supervise } from '../../hal/os/supervise.ts';
import type { Task } from '../../hal/os/task.ts';
import { PipelineError } from '../errors/pipeline-error.ts';

const POLICY = { firstPauseMs: 1_000, longestPauseMs: 30_000, healthyMs: 10_000 };

/** It is off at port 0. The box goes on without it, except where its port is taken: that needs a person. */
export function runOptionalPort(
  name: string,
  port: number,
  { clock, log }: ClockAndLog,
  task: Task,
): Task[] {
  if (port === 0) return [];
  const isFatal = (error: unknown) => error instanceof PipelineError && error.code === 'PORT_TAKEN';
  const deps = { policy: POLICY, clock, log, isFatal };
  return [(signal) => supervise(name, task, deps, signal)];
}
