/** What names a machine, over restarts and updates. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { readRegular } from './read-regular.ts';

/** machine-id(5): 32 hexadecimal digits; `uninitialized` before the first boot has ended. */
const MACHINE_ID = /^[\da-f]{32}$/;
const FILE_BYTES_MAX = 256;
const FILE = '/etc/machine-id';

/** Of systemd; of the host name where the machine has none. Hexadecimal digits. */
export function readMachineId(path = FILE, host = hostname()): string {
  return ofSystemd(path) ?? hashOf(host);
}

/**
 * One that may leave the machine, as machine-id(5) wants it: of systemd's, hashed. Undefined where
 * the machine has none; a container has another host name at each start.
 */
export function readPublicId(purpose: string, path = FILE): string | undefined {
  const id = ofSystemd(path);
  return id === undefined ? undefined : hashOf(`${purpose} ${id}`);
}

function ofSystemd(path: string): string | undefined {
  try {
    const id = readRegular(path, FILE_BYTES_MAX).toString().trim();
    return MACHINE_ID.test(id) ? id : undefined;
  } catch {
    // A container may have no such file.
    return undefined;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
