/** Plugs and unplugs the camera (vivid). */
import { existsSync } from 'node:fs';
import { put } from './kernel.ts';

const DRIVER = '/sys/bus/platform/drivers/vivid';

/** Pulls vivid's plug. */
export function unplugCamera(): void {
  put(`${DRIVER}/unbind`, 'vivid.0');
}

export function plugCamera(): void {
  if (!existsSync(`${DRIVER}/vivid.0`)) put(`${DRIVER}/bind`, 'vivid.0');
}
