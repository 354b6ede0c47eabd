/** The V4L2 driver: a webcam or an HDMI grabber. */

import { access, constants, stat } from 'node:fs/promises';
import { type LaunchFragment, quote } from '../gst/launch.ts';
import { HalError } from '../os/errors.ts';
import { type ChosenMode, chooseMode } from './choose-mode.ts';
import type { Camera, CameraConfig, LockedControls } from './port.ts';
import { findV4l2Nodes, listV4l2Cameras, readV4l2Modes } from './v4l2.ts';
import { lockV4l2, unlockV4l2 } from './v4l2-lock.ts';

/** A webcam or an HDMI grabber. */
export function openV4l2(config: CameraConfig): Camera {
  const { device } = config;
  let path = device;
  const asked = { ...config, rate: { numerator: config.fps, denominator: 1 } };
  let mode: ChosenMode = asked;
  let held: LockedControls | undefined;
  const find = async () => {
    path = await findNode(device);
    return path;
  };
  const check = async () => {
    await checkNode(await find());
    mode = chooseMode(await readV4l2Modes(path, config), config) ?? asked;
  };
  return {
    name: `V4L2 ${device}`,
    check,
    get source() {
      return sourceOf(path, mode);
    },
    lock: async (signal) => {
      signal.throwIfAborted();
      // What was held first is what the camera had by itself.
      const now = await lockV4l2(await find());
      held ??= now;
      return held;
    },
    unlock: async (signal, before) => {
      signal.throwIfAborted();
      held ??= before;
      if (held === undefined) return;
      await unlockV4l2(await find(), held);
      held = undefined;
    },
  };
}

function sourceOf(path: string, { format, width, height, rate }: ChosenMode): LaunchFragment {
  // In the dark a camera halves its rate to expose for longer.
  const framerate = rate === undefined ? '' : `,framerate=${rate.numerator}/${rate.denominator}`;
  const size = `width=${width},height=${height}${framerate}`;
  const caps = format === 'mjpeg' ? `image/jpeg,${size} ! jpegdec` : `video/x-raw,${size}`;
  return {
    launch: `v4l2src device=${quote(path)} ! ${caps}`,
    stamping: 'clock',
    // Whether it sends JPEG is known once it is there.
    needs: {
      v4l2src: 'gstreamer1.0-plugins-good',
      jpegdec: 'gstreamer1.0-plugins-good',
    },
  };
}

/** A path as it is; anything else is a stable id, looked up again each time. */
async function findNode(device: string): Promise<string> {
  if (device.startsWith('/')) return device;
  const [first, ...others] = await findV4l2Nodes(device);
  if (first !== undefined && others.length === 0) return first;
  const ids = (await listV4l2Cameras()).map(({ id }) => id).join(', ');
  if (first !== undefined) {
    const nodes = [first, ...others].join(' and ');
    throw new HalError('AMBIGUOUS', `camera ${device} is both ${nodes}`, {
      advice: `name one of ${ids}`,
    });
  }
  const there = ids === '' ? 'there is none' : `there is ${ids}`;
  throw new HalError('NOT_FOUND', `camera ${device} is not there (${there})`, {
    advice: 'plug it in, or set camera.device',
  });
}

async function checkNode(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined)) === undefined) {
    throw new HalError('NOT_FOUND', `camera ${path} is not there`, {
      advice: 'plug it in, or set camera.device (venuebox doctor lists cameras)',
    });
  }
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new HalError('NOT_PERMITTED', `camera ${path}: no permission`, {
      cause,
      advice: 'add this user to the group video',
    });
  }
}
