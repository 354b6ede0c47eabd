/** `venuebox check`: a config file, examined without starting anything. */

import { readBranding } from '../../pipelines/player/brand/branding.ts';
import { BrandingError } from '../../pipelines/player/brand/colors.ts';
import { openCameras } from '../config/config.ts';
import { exposedSecrets, unreadableFiles } from '../config/files/named-files.ts';
import { unwritableFolders } from '../config/files/writable-folders.ts';
import type { Command } from './parse.ts';
import { readConfig } from './read-config.ts';

/**
 * What only this machine can show is a note and no fault: the config may be for another one.
 *
 * @throws ConfigError with all faults.
 */
export function renderChecked({ config: file, overrides }: Extract<Command, { verb: 'check' }>) {
  const config = readConfig(file, overrides);
  const notes = [
    ...unreadableFiles(config).map(({ key, reason }) => `${key}: ${reason}`),
    ...exposedSecrets(config),
    ...openCameras(config),
    ...unwritableFolders(config),
    ...brandingFaults(config.drop.branding_folder),
  ];
  const lines = notes.map((line) => `\n  ${line}`).join('');
  return `${file}: no fault found${lines === '' ? '' : `; on this machine:${lines}`}\n`;
}

/** Guests would see the page's own look instead. */
function brandingFaults(folder: string): readonly string[] {
  try {
    readBranding(folder);
    return [];
  } catch (error) {
    if (error instanceof BrandingError) return [`drop.branding_folder: ${error.message}`];
    throw error;
  }
}
