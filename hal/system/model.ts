/** The model of the machine. */

import { readFileSync } from 'node:fs';

/** `Raspberry Pi 5 Model B Rev 1.0`, by the firmware's device tree; undefined on machines without one. */
export function readModel(): string | undefined {
  try {
    return readFileSync('/proc/device-tree/model', 'utf8').replaceAll('\0', '').trim() || undefined;
  } catch {
    return undefined;
  }
}
