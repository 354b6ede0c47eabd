/** Lists libcamera's cameras, and takes still pictures with them. */

import { HalError } from '../os/errors.ts';
import { type CommandResult, ProcessError, runCommand } from '../os/process.ts';
import type { CameraMode, FoundCamera } from './found.ts';

/** So long the exposure may settle before the picture is taken. */
const SETTLE_MS = 1000;
/** A sensor's start takes some seconds; more is a stuck camera. */
const STILL_TIMEOUT_MS = 15_000;
const LIST_TIMEOUT_MS = 8_000;

/**
 * Cameras that libcamera sees. Empty where none of its programs is installed.
 *
 * @throws HalError TIMEOUT
 */
export async function listLibcameras(signal?: AbortSignal): Promise<FoundCamera[]> {
  const listed = await runFirst('hello', ['--list-cameras'], LIST_TIMEOUT_MS, signal);
  // Some versions write it to stderr.
  return listed === undefined ? [] : parseCameraList(`${listed.stdout}\n${listed.stderr}`);
}

/**
 * Takes a still, as JPEG, through rpicam-still or libcamera-still. The camera must
 * not be streaming.
 *
 * @param camera libcamera's id of it; empty for the first.
 * @throws HalError NOT_FOUND without either program or that camera, DEVICE_BUSY, TIMEOUT, IO.
 */
export async function takeStill(camera: string, file: string, signal?: AbortSignal): Promise<void> {
  const index =
    camera === '' ? 0 : (await listLibcameras(signal)).findIndex((one) => one.id === camera);
  if (index < 0) throw new HalError('NOT_FOUND', `camera ${camera}: libcamera does not see it`);
  const args = [
    '--camera',
    String(index),
    '--nopreview',
    '--timeout',
    String(SETTLE_MS),
    '--encoding',
    'jpg',
    '--output',
    file,
  ];
  const done = await runFirst('still', args, STILL_TIMEOUT_MS, signal);
  if (done === undefined) {
    throw new HalError(
      'NOT_FOUND',
      'still: neither rpicam-still nor libcamera-still is installed (rpicam-apps)',
    );
  }
  if (done.exitCode === 0) return;
  const last = done.stderr.trim().split('\n').at(-1) ?? '';
  const isBusy = /busy|in use|failed to acquire/i.test(done.stderr);
  throw new HalError(
    isBusy ? 'DEVICE_BUSY' : 'IO',
    `still: ${last || `exit code ${done.exitCode}`}`,
  );
}

/** `rpicam-hello`, or `libcamera-hello` as it was called until 2024; undefined without either. */
async function runFirst(
  tool: 'hello' | 'still',
  args: readonly string[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<CommandResult | undefined> {
  for (const family of ['rpicam', 'libcamera']) {
    try {
      const options = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
      return await runCommand(`${family}-${tool}`, args, options);
    } catch (error) {
      signal?.throwIfAborted();
      // Killed rather than missing.
      if (error instanceof ProcessError && error.signalName !== undefined) {
        throw new HalError('TIMEOUT', `${family}-${tool}: not done in ${timeoutMs} ms`, {
          cause: error,
        });
      }
    }
  }
  return undefined;
}

/**
 * The list of `rpicam-hello --list-cameras`. Pure; lines that are something else are left out.
 *
 * ```
 * 0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
 *     Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
 *                              2304x1296 [56.03 fps - (0, 0)/4608x2592 crop]
 * ```
 */
export function parseCameraList(text: string): FoundCamera[] {
  const cameras: (FoundCamera & { readonly modes: CameraMode[] })[] = [];
  let format = '';
  for (const line of text.split('\n').slice(0, 1000)) {
    const [, name, id] = /^\d+ : (\S+) .*\(([^()\s]+)\)\s*$/.exec(line) ?? [];
    if (name !== undefined && id !== undefined) {
      cameras.push({ driver: 'libcamera', id, name, aliases: [], modes: [] });
      format = '';
      continue;
    }
    format = /'(\w+)' :/.exec(line)?.[1] ?? format;
    const [, width, height, fps] = /\b(\d{2,5})x(\d{2,5}) \[(\d+(?:\.\d+)?) fps/.exec(line) ?? [];
    if (width === undefined || height === undefined || fps === undefined) continue;
    cameras.at(-1)?.modes.push({
      format,
      width: Number(width),
      height: Number(height),
      fps: Number(fps),
    });
  }
  return cameras;
}
