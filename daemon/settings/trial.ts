/**
 * Settings on trial: until the box has run for a while with new ones, the second start in a row that
 * fails goes back to those that ran before: a port that is taken or a certificate that is none
 * would keep it dark. One alone may have been a power cut.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';

/** Longer than a start takes, and a port that is taken or a file that is missing is found in. */
export const TRIAL_MS = 30_000;

const fileOf = (folder: string) => join(folder, 'settings-trial');

/** `again`: the first start with them failed. */
export type TrialPhase = 'none' | 'new' | 'started' | 'again';

export interface Trial {
  readonly phase: TrialPhase;
  /** Tag of the settings with which the box ran last; those between may never have run. */
  readonly good?: string | undefined;
}

export const NO_TRIAL: Trial = { phase: 'none' };

export function readTrial(folder: string): Trial {
  try {
    const [phase, good] = readFileSync(fileOf(folder), 'utf8').trim().split(' ');
    const isOn = phase === 'new' || phase === 'started' || phase === 'again';
    return isOn ? { phase, good } : NO_TRIAL;
  } catch {
    return NO_TRIAL;
  }
}

export async function saveTrial(folder: string, { phase, good }: Trial): Promise<void> {
  if (phase === 'none') await removeFile(fileOf(folder));
  else await saveFile(fileOf(folder), `${good === undefined ? phase : `${phase} ${good}`}\n`);
}

export interface TrialDeps extends ClockAndLog {
  readonly loaded: { readonly isOnTrial: boolean };
  readonly stateFolder: string;
  /** Aborts when the box ends in good order. */
  readonly untilEnd: AbortSignal;
}

/** Ends the trial of settings that the box has started with. A box that is stopped before has not failed. */
export async function endTrial(
  { clock, loaded, stateFolder, untilEnd, log }: TrialDeps,
  signal: AbortSignal,
): Promise<void> {
  if (!loaded.isOnTrial) return;
  const isOver = await pause(clock, TRIAL_MS, signal);
  if (!isOver && !untilEnd.aborted) return;
  // Others were saved meanwhile, whose trial begins with the next start.
  const trial = readTrial(stateFolder);
  if (trial.phase === 'new') return;
  const next = isOver ? NO_TRIAL : ({ ...trial, phase: 'new' } as const);
  await saveOrWarn(next, { stateFolder, log });
}

async function saveOrWarn(
  next: Trial,
  { stateFolder, log }: Pick<TrialDeps, 'stateFolder' | 'log'>,
): Promise<void> {
  await saveTrial(stateFolder, next).catch((error: unknown) => {
    log.warn('settings stay on trial', { reason: messageOf(error) });
  });
}

/**
 * Of settings that were saved by this run of the box. Once all of them are in force and have run for
 * a while no later start goes back before them.
 */
export class RunningTrial {
  readonly #deps: Pick<TrialDeps, 'stateFolder' | 'clock' | 'log'>;
  #sinceMs: number | undefined;

  constructor(deps: Pick<TrialDeps, 'stateFolder' | 'clock' | 'log'>) {
    this.#deps = deps;
  }

  async begin(good: string | undefined): Promise<void> {
    const { stateFolder, clock } = this.#deps;
    await saveTrial(stateFolder, { phase: 'new', good });
    this.#sinceMs = clock.monotonicMs();
  }

  /** To be called about every second. Never rejects. */
  async check(isInForce: boolean): Promise<void> {
    const { clock } = this.#deps;
    if (this.#sinceMs === undefined) return;
    const nowMs = clock.monotonicMs();
    if (!isInForce) this.#sinceMs = nowMs;
    if (nowMs - this.#sinceMs < TRIAL_MS) return;
    this.#sinceMs = undefined;
    await saveOrWarn(NO_TRIAL, this.#deps);
  }
}
