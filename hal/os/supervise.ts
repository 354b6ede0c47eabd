/** Restarts a task whenever it ends or fails. */

import { pause } from './async.ts';
import { errnoOf } from './errors.ts';
import { type ClockAndLog, messageOf } from './log.ts';
import { ProcessError } from './process.ts';
import type { Task } from './task.ts';

export interface RestartPolicy {
  /** Pause before the first restart; each failure in a row doubles it. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A run at least this long was healthy: the pause starts over. */
  readonly healthyMs: number;
}

/** A restart that the program itself wants: no failure. */
export class WantedRestart extends Error {}

/** What a person or a status page may see of a supervised task. */
export interface Supervised {
  readonly phase: 'running' | 'pausing' | 'stopped';
  readonly restartsTotal: number;
  /** How often a process died that was not ended by this program; left out where none did. */
  readonly diedTotal?: number;
  /** How often it failed, without the restarts that were wanted; left out where it never did. */
  readonly failuresTotal?: number;
  readonly lastFailure?: string;
  /** The code of that failure's error, where it had one. */
  readonly failureCode?: string;
}

export interface SuperviseOptions extends ClockAndLog {
  readonly policy: RestartPolicy;
  readonly onChange?: (state: Supervised) => void;
  /** True for a failure that no restart repairs; it is thrown to the caller. */
  readonly isFatal?: (error: unknown) => boolean;
}

/**
 * Runs `task` again whenever it ends or fails, until `signal` aborts.
 *
 * The pause doubles from `firstPauseMs` to `longestPauseMs` and falls back after
 * a healthy run, so a child that dies once is back at once and one that cannot
 * start does not spin.
 */
export async function supervise(
  name: string,
  task: Task,
  options: SuperviseOptions,
  signal: AbortSignal,
): Promise<void> {
  const { policy, clock, log } = options;
  let pauseMs = policy.firstPauseMs;
  let restartsTotal = 0;
  let diedTotal = 0;
  let failuresTotal = 0;
  let lastFailure: string | undefined;
  let failureCode: string | undefined;
  const report = (phase: Supervised['phase']) =>
    options.onChange?.({
      phase,
      restartsTotal,
      ...(diedTotal === 0 ? {} : { diedTotal }),
      ...(failuresTotal === 0 ? {} : { failuresTotal }),
      ...(lastFailure === undefined ? {} : { lastFailure }),
      ...(failureCode === undefined ? {} : { failureCode }),
    });

  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    let wantedFor: string | undefined;
    report('running');
    try {
      await task(signal);
      if (signal.aborted) break;
      lastFailure = 'it ended by itself';
      failureCode = undefined;
    } catch (error) {
      if (signal.aborted) break;
      if (options.isFatal?.(error)) throw error;
      if (error instanceof ProcessError) diedTotal += 1;
      if (error instanceof WantedRestart) wantedFor = error.message;
      else {
        lastFailure = messageOf(error);
        failureCode = errnoOf(error);
      }
    }
    if (wantedFor === undefined) failuresTotal += 1;
    const ranMs = clock.monotonicMs() - startedMs;
    if (ranMs >= policy.healthyMs || wantedFor !== undefined) pauseMs = policy.firstPauseMs;
    const reason = wantedFor ?? lastFailure;
    const fields = { task: name, ranMs: Math.round(ranMs), pauseMs, reason };
    if (wantedFor === undefined) log.warn('restarting', fields);
    else log.info('restarted on purpose', fields);
    report('pausing');
    if (!(await pause(clock, pauseMs, signal))) break;
    if (wantedFor === undefined) pauseMs = Math.min(pauseMs * 2, policy.longestPauseMs);
    restartsTotal += 1;
  }
  report('stopped');
}
