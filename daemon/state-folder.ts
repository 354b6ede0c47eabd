import { homedir } from 'node:os';
import { join } from 'node:path';
import { HalError } from '../hal/errors.ts';
import { claimFolder } from '../hal/os/claim.ts';

/**
 * Where the box keeps what must outlast it: systemd's StateDirectory, else the user's
 * own state folder (XDG base directories).
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const [ofService] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (ofService) return ofService;
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'venuebox');
}

/**
 * For this process, until it ends: two boxes that write the same files would undo each other's.
 *
 * @throws HalError DEVICE_BUSY
 */
export async function claimState(folder: string): Promise<void> {
  if (await claimFolder('state', folder)) return;
  throw new HalError(
    'DEVICE_BUSY',
    `${folder}: another venuebox runs and keeps its state there; end it, or name another folder for this one in STATE_DIRECTORY`,
  );
}
