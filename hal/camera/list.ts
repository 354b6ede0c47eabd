/** Lists the cameras of this machine. */

import { readdir, stat } from 'node:fs/promises';
import type { Clock } from '../os/clock.ts';
import { watchList } from '../os/presence.ts';
import type { FoundCamera } from './found.ts';
import { listLibcameras } from './libcamera.ts';
import { listV4l2Cameras } from './v4l2.ts';

/** All cameras of this machine. One side's failure leaves the other's cameras. */
export async function listCameras(signal: AbortSignal): Promise<readonly FoundCamera[]> {
  const [v4l2, libcamera] = await Promise.all([
    listV4l2Cameras(),
    listLibcameras(signal).catch(() => []),
  ]);
  signal.throwIfAborted();
  return [...v4l2, ...libcamera];
}

/** Cameras as they are now, and again after each plug or unplug. */
export function watchCameras(
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<readonly FoundCamera[]> {
  return watchList(traceOfNodes, listCameras, clock, signal);
}

/**
 * Which nodes there are and since when; a camera that came back has a new one. udev's
 * names for them come a moment later.
 */
async function traceOfNodes(): Promise<string> {
  const names = (await readdir('/dev')).filter((name) => /^video\d+$/.test(name)).toSorted();
  const links = await readdir('/dev/v4l/by-id').catch(() => []);
  const nodes = names.map(async (name) => {
    const node = await stat(`/dev/${name}`).catch(() => undefined);
    // The mode and owner, since udev grants access a moment after the node is made.
    return node && `${name} ${node.ino} ${node.ctimeMs} ${node.mode} ${node.gid}`;
  });
  return [...(await Promise.all(nodes)), ...links].join('\n');
}
