/** Whether a clock with a battery of its own has kept the time while the machine was off. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read in whole seconds; a clock without a battery begins in 1970 or 2000. */
const APART_MAX_MS = 60_000;

/**
 * True where the kernel set its clock by one at the start (Linux, ABI/testing/sysfs-class-rtc), and
 * both still say the same: `systemd-timesyncd` has not put the time of the last shutdown in its place.
 */
export function isKeptByRtc(wallMs: number, folder = '/sys/class/rtc/rtc0'): boolean {
  try {
    const read = (name: string) => Number(readFileSync(join(folder, name), 'utf8').trim());
    const apartMs = Math.abs(1_000 * read('since_epoch') - wallMs);
    return read('hctosys') === 1 && apartMs < APART_MAX_MS;
  } catch {
    return false;
  }
}
