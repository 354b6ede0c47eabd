/** The libcamera driver: a camera on the Pi's ribbon cable. */

import { type LaunchFragment, quote } from '../gst/launch.ts';
import { HalError } from '../os/errors.ts';
import { runCommand } from '../os/process.ts';
import type { Camera, CameraConfig, SetLive } from './port.ts';

/** Name of the source in the pipeline, by which the lock finds it. */
const ELEMENT = 'camera';
/** Controls as properties, since libcamera 0.4. */
const AUTOMATICS = ['ae-enable', 'awb-enable'] as const;
/** The first inspection of a plug-in on a machine takes long; later ones read a cache. */
const INSPECT_TIMEOUT_MS = 20_000;

/** A camera on a Pi's ribbon. */
export function openLibcamera(config: CameraConfig, setLive: SetLive | undefined): Camera {
  const { device } = config;
  const name = device === '' ? 'libcamera' : `libcamera ${device}`;
  // These cameras cannot be unplugged while the machine runs.
  const check = async () => undefined;
  let isLocked = false;
  const set = (isAutomatic: boolean) => {
    for (const property of AUTOMATICS) setLive?.(ELEMENT, property, isAutomatic);
    isLocked = !isAutomatic;
  };
  return {
    name,
    check,
    source: sourceOf(config),
    lock: async (signal) => {
      if (setLive === undefined || !(await hasAutomatics(signal))) {
        throw new HalError('UNSUPPORTED', `${name}: this libcamera's automatics cannot be locked`);
      }
      set(false);
      return [];
    },
    unlock: async (signal) => {
      signal.throwIfAborted();
      if (isLocked) set(true);
    },
  };
}

function sourceOf({ device, width, height, fps }: CameraConfig): LaunchFragment {
  const name = device === '' ? '' : ` camera-name=${quote(device)}`;
  return {
    launch: `libcamerasrc name=${ELEMENT}${name} ! video/x-raw,width=${width},height=${height},framerate=${fps}/1`,
    stamping: 'clock',
    needs: { libcamerasrc: 'gstreamer1.0-libcamera' },
  };
}

async function hasAutomatics(signal: AbortSignal): Promise<boolean> {
  const inspected = await runCommand('gst-inspect-1.0', ['libcamerasrc'], {
    timeoutMs: INSPECT_TIMEOUT_MS,
    signal,
  }).catch(() => undefined);
  signal.throwIfAborted();
  return AUTOMATICS.every((property) =>
    new RegExp(`^\\s*${property}\\s`, 'm').test(inspected?.stdout ?? ''),
  );
}
