/** The state folder: where it is, and that one box alone uses it. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HalError } from '../../../hal/os/errors.ts';
import { isLockHolderAlive, lockFolder } from '../../../hal/os/folder-lock.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';

/**
 * Where the box keeps what must outlast it: systemd's StateDirectory, else the user's
 * own state folder (XDG base directories).
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const [ofService] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (ofService) return ofService;
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'venuebox');
}

/** A killed process has ended by then, unless its disk hangs. */
const GONE_WITHIN_MS = 5_000;
const RETRY_MS = 250;

/**
 * For this process, until it ends: two boxes that write the same files would undo each other's.
 * One that was killed and hangs in the kernel writes no more than it had begun: it is not waited for.
 *
 * @throws HalError DEVICE_BUSY
 */
export async function claimState(
  folder: string,
  { clock, log }: ClockAndLog,
  signal: AbortSignal,
): Promise<void> {
  const endMs = clock.monotonicMs() + GONE_WITHIN_MS;
  while (!(await lockFolder('state', folder))) {
    if (await isLockHolderAlive('state', folder)) {
      throw new HalError(
        'DEVICE_BUSY',
        `${folder}: another venuebox runs and keeps its state there; end it, or name another folder for this one in STATE_DIRECTORY`,
      );
    }
    if (clock.monotonicMs() >= endMs) {
      log.warn('an earlier venuebox hangs on its disk; going on beside it', { folder });
      return;
    }
    await clock.sleep(RETRY_MS, signal);
  }
}
