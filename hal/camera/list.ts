/** Lists the cameras of this machine. */

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
