/** What names a machine, over restarts and updates. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { readRegular } from './read-regular.ts';

/** machine-id(5): 32 hexadecimal digits; `uninitialized` before the first boot has ended. */
const MACHINE_ID = /^[\da-f]{32}$/;
const FILE_BYTES_MAX = 256;

/** Of systemd; of the host name where the machine has none. Hexadecimal digits. */
export function readMachineId(path = '/etc/machine-id', host = hostname()): string {
  try {
    const id = readRegular(path, FILE_BYTES_MAX).toString().trim();
    if (MACHINE_ID.test(id)) return id;
  } catch {
    // A container may have no such file.
  }
  return createHash('sha256').update(host).digest('hex').slice(0, 32);
}
