/**
 * Settings on trial: until the box has run for a while with new ones, the second start in a row that
 * fails goes back to those before: a port that is taken or a certificate that is none would keep
 * it dark. One alone may have been a power cut.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';

/** Longer than a start takes, and a port that is taken or a file that is missing is found in. */
export const TRIAL_MS = 30_000;

const fileOf = (folder: string) => join(folder, 'settings-trial');

/** `again`: the first start with them failed. */
export type Trial = 'none' | 'new' | 'started' | 'again';

export function readTrial(folder: string): Trial {
  try {
    const text = readFileSync(fileOf(folder), 'utf8').trim();
    return text === 'new' || text === 'started' || text === 'again' ? text : 'none';
  } catch {
    return 'none';
  }
}

export async function saveTrial(folder: string, trial: Trial): Promise<void> {
  if (trial === 'none') await removeFile(fileOf(folder));
  else await saveFile(fileOf(folder), `${trial}\n`);
}
