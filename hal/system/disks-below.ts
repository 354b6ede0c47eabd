/** Which disks the bytes of a folder end on. */

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)), as far as it is used. */
interface Mount {
  readonly point: string;
  readonly type: string;
  /** For file systems on a device its path, `/dev/sda1`. */
  readonly source: string;
}

/** Deeper than this no two layers (LVM on LUKS on RAID) are stacked. */
const LAYERS_MAX = 8;

/**
 * The disks that a folder's bytes end on: `sda` for a folder on `/dev/sda2`, the
 * two of a mirror, `tmpfs 0:45` for what has no disk. Two folders with a name in
 * common are lost together.
 *
 * Rejects where the folder is not there.
 */
export async function disksBelow(folder: string): Promise<readonly string[]> {
  const path = await realpath(folder);
  const { dev } = await stat(path);
  const known = await disksOf(numberOf(dev));
  if (known.length > 0) return known;
  // btrfs, overlays and network file systems have device numbers of their own.
  const mount = mountOf(path, parseMounts(await readFile('/proc/self/mountinfo', 'utf8')));
  const device = mount?.source.startsWith('/dev/')
    ? await stat(mount.source).catch(() => undefined)
    : undefined;
  const below = device === undefined ? [] : await disksOf(numberOf(device.rdev));
  if (below.length > 0) return below;
  return [mount?.source.includes(':') ? mount.source : `${mount?.type ?? '?'} ${numberOf(dev)}`];
}

/** Linux' huge encoding of a device number (makedev(3)); enough of it for 32 bits. */
function numberOf(dev: number): string {
  const major = Math.floor(dev / 256) % 4096;
  const minor = (dev % 256) + 256 * Math.floor(dev / 0x10_0000);
  return `${major}:${minor}`;
}

/** Down through partitions, LVM, LUKS and RAID; empty where it is no block device. */
async function disksOf(device: string): Promise<readonly string[]> {
  const entry = await realpath(`/sys/dev/block/${device}`).catch(() => undefined);
  return entry === undefined ? [] : await disksUnder(entry, LAYERS_MAX);
}

async function disksUnder(entry: string, layers: number): Promise<readonly string[]> {
  const isPartition = await exists(`${entry}/partition`);
  const disk = isPartition ? dirname(entry) : entry;
  const slaves = await readdir(`${disk}/slaves`).catch(() => []);
  if (slaves.length === 0 || layers === 0) return [basename(disk)];
  const found = await Promise.all(
    slaves.map(async (slave) => disksUnder(await realpath(`${disk}/slaves/${slave}`), layers - 1)),
  );
  return [...new Set(found.flat())].toSorted();
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * `36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw,errors=continue`,
 * with spaces and their like as `\040`.
 */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left = '', right] = line.split(' - ', 2);
    const point = left.split(' ')[4];
    const [type, source] = right?.split(' ') ?? [];
    if (point === undefined || type === undefined || source === undefined) return [];
    return [{ point: plain(point), type, source: plain(source) }];
  });
}

function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** The deepest mount that holds a path; of two at one place the later one covers the other. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const { point } = mount;
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    if (holds && point.length >= (best?.point.length ?? 0)) best = mount;
  }
  return best;
}
