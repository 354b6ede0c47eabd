/** Saves a change of the settings that is planned: its secrets first, then its trial, then what names them. */

import type { Values } from '../config/form/layers.ts';
import type { Planned } from './change.ts';
import { isTried } from './needs.ts';
import { isStored, saveSecret, saveStored, tagOf } from './stored.ts';
import { type RunningTrial, readTrial, saveTrial } from './trial.ts';

interface SaveDeps {
  readonly stateFolder: string;
  readonly trial: RunningTrial;
  readonly sealed: (path: string, text: string) => Promise<string>;
}

/** @param onDisk The settings there, before and after. Rejects where they are not saved. */
export async function savePlanned(
  { secrets, differences }: Pick<Planned, 'secrets' | 'differences'>,
  onDisk: { readonly before: Values; readonly after: Values },
  { stateFolder, trial, sealed }: SaveDeps,
): Promise<void> {
  for (const { path, file, text } of secrets) await saveSecret(file, await sealed(path, text));
  const before = readTrial(stateFolder);
  // What else is in force at once has proved itself by the next start.
  const isTrial = differences.some(({ path }) => isTried(path));
  const good = before.phase === 'none' ? tagOf(onDisk.before) : before.good;
  try {
    // Before the settings: with new ones and no trial a start that fails would fail for ever.
    if (isTrial) await trial.begin(good);
    await saveStored(stateFolder, onDisk.after);
  } catch (error) {
    if (isTrial && !isStored(stateFolder, onDisk.after)) {
      await saveTrial(stateFolder, before).catch(() => undefined);
    }
    throw error;
  }
}
