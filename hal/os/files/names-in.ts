/** The names in a folder. */
import { readdirSync } from 'node:fs';

/** None where there is no such folder, or it may not be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
