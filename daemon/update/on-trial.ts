/** Whether the version that runs is on trial: it may be given up, and the one before reads what it leaves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseVersions, writtenOver } from './versions.ts';

/** @param id As the launcher says it; undefined where none has started it. */
export function isOnTrial(stateFolder: string, id: string | undefined): boolean {
  if (id === undefined) return false;
  try {
    const text = readFileSync(join(stateFolder, 'versions', 'state.json'), 'utf8');
    return parseVersions(text, writtenOver(text) ?? '').trial?.id === id;
  } catch {
    return false;
  }
}
