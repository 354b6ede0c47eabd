/** Sources that play a file. */

import { access, constants } from 'node:fs/promises';
import { HalError } from '../os/errors.ts';
import { type LaunchFragment, quote } from './launch.ts';

/**
 * One kind of a media file, played as if live: decoded and paced by the clock.
 * At its end capture ends, and its supervisor starts it over.
 */
export function fileSource(file: string, kind: 'video' | 'audio'): LaunchFragment {
  return {
    launch: `filesrc location=${quote(file)} ! decodebin ! ${kind}/x-raw ! clocksync`,
    stamping: 'clock',
    needs: { decodebin: 'gstreamer1.0-plugins-base', clocksync: 'gstreamer1.0-plugins-base' },
  };
}

/** Rejects with a HalError that names the config key when the file cannot be read. */
export async function checkFile(key: string, file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    const message = `${key}: cannot read ${file}; give the path of a media file`;
    throw new HalError('NOT_FOUND', message, { cause });
  }
}
