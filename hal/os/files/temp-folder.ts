/** A folder that only this user may enter, for as long as some work takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Disposed of, it is removed with all that is in it. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Of the service where this program is one: systemd removes that one, too.
 *
 * @param name With which it begins.
 */
export async function openTempFolder(name: string): Promise<TempFolder> {
  const path = await mkdtemp(join(process.env['RUNTIME_DIRECTORY'] ?? tmpdir(), name));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
