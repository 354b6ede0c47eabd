/** Counts the starts of a box on the disk, and says which is one in safe mode. */
import { join } from 'node:path';
import { type BootClock, openBootClock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { openSaved } from '../../hal/os/state/saved.ts';
import { isDropLive } from '../update/live-drop.ts';
import type { Launched } from '../update/open.ts';
import { crashesSchema, endedWell, failedWith, safeModeReason, started } from './crashes.ts';

interface CrashGuard {
  /** Why the box is in safe mode; undefined where it is not. */
  readonly reason: string | undefined;
  /** It ends in good order. Never rejects. */
  ended(): Promise<void>;
  /** It cannot go on. Never rejects. */
  failed(error: unknown): Promise<void>;
}

/** Never rejects: a disk that takes nothing keeps no box from starting. */
export async function openCrashGuard(
  stateFolder: string,
  version: string,
  boot: BootClock,
  log: Log,
): Promise<CrashGuard> {
  const file = join(stateFolder, 'crashes.json');
  const start = { bootId: boot.bootId, version, sinceBootMs: Math.round(boot.sinceBootMs()) };
  const saved = openSaved(file, crashesSchema, { what: 'count of starts', log });
  const crashes = started(saved.value, start);
  await saved.save(crashes);
  const reason = safeModeReason(crashes, isDropLive(stateFolder));
  if (reason !== undefined) log.error('safe mode: no picture and no guests', { reason });
  return {
    reason,
    ended: () => saved.save(endedWell(crashes)),
    failed: (error) => saved.save(failedWith(crashes, messageOf(error))),
  };
}

interface Box {
  readonly stateFolder: string;
  readonly version: string;
  /** Undefined where nothing starts the box again, and so nothing does it too often. */
  readonly launched: Launched | undefined;
  readonly notify: { readonly hasReceiver: boolean };
  readonly log: Log;
}

/** Runs a box, in safe mode after it has crashed too often. Rejects as `run` does. */
export async function runGuarded(
  box: Box,
  run: (safeMode: string | undefined) => Promise<void>,
): Promise<void> {
  const { launched, notify, stateFolder, version, log } = box;
  if (launched === undefined || !notify.hasReceiver) return await run(undefined);
  const name = `${version} ${launched.id}`;
  const guard = await openCrashGuard(stateFolder, name, openBootClock(), log);
  try {
    await run(guard.reason);
    await guard.ended();
  } catch (error) {
    await guard.failed(error);
    throw error;
  }
}
