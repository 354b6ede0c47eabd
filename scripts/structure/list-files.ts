/** Which files there are below the root's own folders. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const FOLDERS = ['daemon', 'pipelines', 'hal', 'scripts', 'test'];

/** Their paths from the root, with slashes; none where there is no such folder. */
export function listFiles(root: string, folder: string): readonly string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path}`)
      .toSorted();
  } catch {
    return [];
  }
}
