/** Locks exposure, white balance and gain of a V4L2 camera. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { HalError, halErrorOf } from '../os/errors.ts';
import { tryIoctl } from '../os/libc/ioctl.ts';
import type { LockedControls } from './port.ts';
import {
  GET_CTRL,
  isSettable,
  parseControl,
  QUERY_CTRL,
  renderControl,
  renderControlQuery,
  SET_CTRL,
} from './v4l2-uapi.ts';

/** Control ids and values of linux/v4l2-controls.h. */
const AUTO_EXPOSURE = 0x9a0901;
const EXPOSURE_MANUAL = 1;
const EXPOSURE_TIME = 0x9a0902;
const AUTO_WHITE_BALANCE = 0x98090c;
const WHITE_BALANCE_TEMPERATURE = 0x98091a;
const AUTO_GAIN = 0x980912;
const GAIN = 0x980913;

/** What holds an automatic still, and the figure it had reached. */
const AUTOMATICS = [
  { auto: AUTO_EXPOSURE, off: EXPOSURE_MANUAL, figure: EXPOSURE_TIME },
  { auto: AUTO_WHITE_BALANCE, off: 0, figure: WHITE_BALANCE_TEMPERATURE },
  { auto: AUTO_GAIN, off: 0, figure: GAIN },
] as const;

/**
 * Turns a camera's automatics off where they are now: stage light that changes
 * makes no picture pump. Works beside the program that streams.
 *
 * @returns what {@link unlockV4l2} needs.
 * @throws HalError UNSUPPORTED for a camera without such controls, NOT_FOUND, GONE.
 */
export async function lockV4l2(path: string): Promise<LockedControls> {
  await using file = await openNode(path);
  const held: [number, number][] = [];
  for (const { auto, off, figure } of AUTOMATICS) {
    const before = await readControl(file, auto);
    if (before === undefined || before === off) continue;
    // Read before: some cameras fall back to their default when the automatic ends.
    const reached = await readControl(file, figure);
    if (!(await writeControl(file, auto, off))) continue;
    held.push([auto, before]);
    if (reached !== undefined) await writeControl(file, figure, reached);
  }
  if (held.length > 0 || (await isLocked(file))) return held;
  throw new HalError(
    'UNSUPPORTED',
    `camera ${path}: its exposure and white balance cannot be locked`,
  );
}

/** Gives the automatics back what they had. Rejects with `HalError`. */
export async function unlockV4l2(path: string, held: LockedControls): Promise<void> {
  await using file = await openNode(path);
  for (const [control, value] of held) {
    if (await writeControl(file, control, value)) continue;
    throw new HalError(
      'IO',
      `camera ${path}: an automatic did not come back (0x${control.toString(16)})`,
    );
  }
}

/** All its automatic controls are off already: another program locked it. */
async function isLocked(file: FileHandle): Promise<boolean> {
  const values = await Promise.all(AUTOMATICS.map(({ auto }) => readControl(file, auto)));
  return values.some((value) => value !== undefined);
}

async function openNode(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDWR | constants.O_NONBLOCK).catch((error: unknown) => {
    throw halErrorOf(error, `camera ${path}`);
  });
}

/** Undefined for a control that is missing or cannot be set. */
async function readControl(file: FileHandle, id: number): Promise<number | undefined> {
  const query = renderControlQuery(id);
  if (!(await tryIoctl(file.fd, QUERY_CTRL.request, query)) || !isSettable(query)) return undefined;
  const control = renderControl(id);
  return (await tryIoctl(file.fd, GET_CTRL.request, control)) ? parseControl(control) : undefined;
}

function writeControl(file: FileHandle, id: number, value: number): Promise<boolean> {
  return tryIoctl(file.fd, SET_CTRL.request, renderControl(id, value));
}
