/** How many requests disks have finished: one that does not answer may still be at work. */
import { readFileSync } from 'node:fs';

/** Reads, writes, discards and flushes that are done, in `/sys/block/DISK/stat` (Documentation/block/stat.rst). */
const DONE_FIELDS = [0, 4, 11, 15];

/**
 * Of all of them together; undefined where the kernel counts none, as for tmpfs or a network
 * disk. sysfs answers at once, whatever the disk does.
 *
 * @param disks As `disksBelow` names them.
 */
export function finishedRequests(
  disks: readonly string[],
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): number | undefined {
  let total: number | undefined;
  for (const disk of disks) {
    try {
      const fields = read(`/sys/block/${disk}/stat`).trim().split(/\s+/).map(Number);
      const done = DONE_FIELDS.reduce((sum, i) => sum + (fields[i] ?? 0), 0);
      total = (total ?? 0) + done;
    } catch {
      // It has no block device, or has just been pulled out.
    }
  }
  return total;
}
