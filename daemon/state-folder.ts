import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the box keeps what must outlast it: systemd's StateDirectory, else the user's
 * own state folder (XDG base directories).
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const [ofService] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (ofService) return ofService;
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'venuebox');
}
