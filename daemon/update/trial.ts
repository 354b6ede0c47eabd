/** A new version proves itself in its first minute, or gives itself up. */
import { pause } from '../../hal/os/async.ts';
import { type Clock, isAbort } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { BoxEvent } from '../model/commands.ts';
import { hasCamera } from '../model/phase.ts';
import type { DropPhase } from '../model/snapshot.ts';
import type { VersionStore } from './store.ts';
import { type Expectation, gaveUp, proved, type Versions, versionOf } from './versions.ts';

export interface TrialDeps {
  /** Of the version that runs. */
  readonly id: string;
  readonly store: Pick<VersionStore, 'load' | 'loadForChange' | 'save' | 'sweep'>;
  /** What does not work as it did; undefined where all does. */
  readonly faultOf: (expectation: Expectation, signal: AbortSignal) => Promise<string | undefined>;
  readonly phase: () => DropPhase;
  /** How long the program has run before: a slow start is a part of its first minute. */
  readonly upMs?: number;
  readonly onEvent: (event: BoxEvent) => void;
  /** Ends the box; the launcher starts the version before. */
  readonly end: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

const TRIAL_MS = 60_000;
const LOOK_EVERY_MS = 2_000;

/**
 * Resolves once the version that runs has proved itself or given itself up; at once where it is on no
 * trial. During a drop it does not give itself up: what the drop shows has priority. It is proved
 * once all was well, with a picture, and is well after a minute: the camera is not started again.
 */
export async function runTrial(deps: TrialDeps, signal: AbortSignal): Promise<void> {
  const { id, store, upMs = 0, clock, log } = deps;
  const { trial } = await store.load();
  if (trial?.id !== id) return;
  log.info('version on trial', { version: id, start: trial.starts });
  const endMs = clock.monotonicMs() + TRIAL_MS;
  const provedMs = endMs - upMs;
  let expected = trial.expectation;
  let fault: string | undefined;
  try {
    while (!signal.aborted) {
      const nowMs = clock.monotonicMs();
      fault = await deps.faultOf(expected, signal);
      if (fault === undefined && nowMs >= provedMs) return await confirm(deps, signal);
      if (fault === undefined) expected = { ...expected, picture: false };
      else if (nowMs >= endMs && !hasCamera(deps.phase())) break;
      await pause(clock, LOOK_EVERY_MS, signal);
    }
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  }
  if (signal.aborted || fault === undefined) return;
  await giveUp(fault, deps);
}

async function confirm(deps: TrialDeps, signal: AbortSignal): Promise<void> {
  const { id, store, onEvent, clock, log } = deps;
  const versions = proved(await loadWhenReadable(deps, signal), id);
  await store.save(versions);
  log.info('version passed its trial', { version: id });
  const data = { version: versionOf(id) };
  onEvent({ type: 'update.done', severity: 'info', atMs: clock.wallMs(), data });
  await sweep(versions, { store, log });
}

/** A disk that does not give it now may do so later. Rejects once `signal` aborts. */
async function loadWhenReadable(
  { store, clock }: TrialDeps,
  signal: AbortSignal,
): Promise<Versions> {
  for (;;) {
    const versions = await store.loadForChange().catch(() => undefined);
    if (versions !== undefined) return versions;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Removes the folders of versions that are named no more. */
export async function sweep(
  versions: Versions,
  { store, log }: Pick<TrialDeps, 'log'> & { readonly store: Pick<VersionStore, 'sweep'> },
): Promise<void> {
  await store.sweep(versions).catch((error: unknown) => {
    log.warn('old versions not removed', { reason: messageOf(error) });
  });
}

/** Rejects where the disk does not give what is to be changed: that ends the box, too. */
async function giveUp(fault: string, { id, store, end, clock, log }: TrialDeps): Promise<void> {
  log.error('version failed its trial', { version: id, reason: fault });
  await store.save(gaveUp(await store.loadForChange(), fault, clock.wallMs()));
  end();
}
