/** What the version that runs is to the launcher: on trial, or in the place of another one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programTag } from './store.ts';
import { INSTALLED, parseVersions, type Versions, writtenOver } from './versions.ts';

/**
 * It may be given up, and the one before reads what it leaves.
 *
 * @param id As the launcher says it; undefined where none has started it.
 */
export function isOnTrial(stateFolder: string, id: string | undefined): boolean {
  return id !== undefined && readVersions(stateFolder, writtenOver)?.trial?.id === id;
}

/**
 * It runs since another one was given up, or cannot start now: files may be made for that one. An
 * installed program that is newer than all of them runs in the place of none.
 *
 * @param launched What the launcher has started, and the installed program that it belongs to.
 */
export function isFallback(
  stateFolder: string,
  launched: { readonly id: string; readonly program: string } | undefined,
): boolean {
  if (launched === undefined) return false;
  const { id, program } = launched;
  const overOf = id === INSTALLED ? () => programTag(program) : writtenOver;
  const versions = readVersions(stateFolder, overOf);
  if (versions === undefined || versions.trial?.id === id) return false;
  return versions.failed !== null || versions.good !== id;
}

/** As the launcher left it; undefined where there is none, or it cannot be read. */
function readVersions(
  stateFolder: string,
  overOf: (text: string) => string | undefined,
): Versions | undefined {
  try {
    const text = readFileSync(join(stateFolder, 'versions', 'state.json'), 'utf8');
    const over = overOf(text);
    return over === undefined ? undefined : parseVersions(text, over);
  } catch {
    return undefined;
  }
}
