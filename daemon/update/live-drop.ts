/** Whether the box would resume a drop, as the disk says (daemon/drop/saved-drop.ts). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function isDropLive(stateFolder: string): boolean {
  try {
    const text = readFileSync(join(stateFolder, 'drop.json'), 'utf8');
    return ((JSON.parse(text) as { live?: unknown }).live ?? null) !== null;
  } catch {
    return false;
  }
}
