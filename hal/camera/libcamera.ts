/** Lists libcamera's cameras. */

import { HalError } from '../os/errors.ts';
import { type CommandResult, ProcessError, runCommand } from '../os/process.ts';
import type { CameraMode, FoundCamera } from './found.ts';

const LIST_TIMEOUT_MS = 8_000;

/**
 * Cameras that libcamera sees. Empty where none of its programs is installed.
 *
 * @throws HalError TIMEOUT
 */
export async function listLibcameras(signal?: AbortSignal): Promise<FoundCamera[]> {
  const listed = await runHello(signal);
  // Some versions write it to stderr.
  return listed === undefined ? [] : parseCameraList(`${listed.stdout}\n${listed.stderr}`);
}

/** `rpicam-hello`, or `libcamera-hello` as it was called until 2024; undefined without either. */
async function runHello(signal: AbortSignal | undefined): Promise<CommandResult | undefined> {
  for (const family of ['rpicam', 'libcamera']) {
    try {
      const options = { timeoutMs: LIST_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
      return await runCommand(`${family}-hello`, ['--list-cameras'], options);
    } catch (error) {
      signal?.throwIfAborted();
      // Killed rather than missing.
      if (error instanceof ProcessError && error.signalName !== undefined) {
        throw new HalError('TIMEOUT', `${family}-hello: not done in ${LIST_TIMEOUT_MS} ms`, {
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
