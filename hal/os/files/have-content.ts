/** Whether files that are made once have to be made again. */
import { stat } from 'node:fs/promises';

/** True where all are there. An empty one is what a power cut leaves of a file that was not synced. */
export async function haveContent(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return found.every((info) => info !== undefined && info.size > 0);
}
