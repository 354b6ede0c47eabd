/** The byte counters of network interfaces. */

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ModemState } from './port.ts';

/** Of a network interface since it came; empty where there is none of that name. */
export async function countersOf(
  name: string | undefined,
  sys = '/sys',
): Promise<Pick<ModemState, 'rxBytesTotal' | 'txBytesTotal'>> {
  if (name === undefined || !/^[\w.-]+$/.test(name)) return {};
  const read = async (file: string) =>
    Number(await readFile(`${sys}/class/net/${name}/statistics/${file}`, 'utf8'));
  try {
    return { rxBytesTotal: await read('rx_bytes'), txBytesTotal: await read('tx_bytes') };
  } catch {
    return {};
  }
}

/** From a tty's folder up to its USB device: hubs and the host lie above it. */
const MAX_STEPS = 4;

/**
 * The network interface of the USB modem that a serial port belongs to, which no AT
 * command reports; undefined for a port that is no USB device's.
 */
export async function interfaceBesideTty(path: string, sys = '/sys'): Promise<string | undefined> {
  try {
    const tty = basename(await realpath(path));
    let folder = await realpath(`${sys}/class/tty/${tty}/device`);
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (await isThere(join(folder, 'idVendor'))) return await netBelow(folder);
      folder = dirname(folder);
    }
  } catch {
    // It is unplugged, or no tty at all.
  }
  return undefined;
}

/** `1-1/1-1:1.4/net/wwan0`: each function of a USB device has a folder of its own. */
async function netBelow(device: string): Promise<string | undefined> {
  const names = await Promise.all(
    (await readdir(device))
      .toSorted()
      .map((part) => readdir(join(device, part, 'net')).catch((): string[] => [])),
  );
  return names.flat()[0];
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
