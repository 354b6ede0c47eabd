/** Finds a modem's serial port again when it comes back under another name. */
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/**
 * Where a serial port is plugged: the folder of its USB interface, which a modem has again
 * after a reset in the same socket; undefined for a port that is no USB device's.
 *
 * `/sys/devices/…/1-1.2/1-1.2:1.2`, of `/dev/ttyUSB2`
 */
export async function placeOfTty(path: string, sys = '/sys'): Promise<string | undefined> {
  try {
    const tty = basename(await realpath(path).catch(() => path));
    return interfaceOf(await realpath(`${sys}/class/tty/${tty}/device`));
  } catch {
    return undefined;
  }
}

/** The port that is plugged there now, whatever its number. */
export async function ttyAtPlace(place: string, sys = '/sys'): Promise<string | undefined> {
  const names = await readdir(`${sys}/class/tty`).catch((): string[] => []);
  for (const name of names.filter((one) => /^tty(USB|ACM)\d+$/.test(one)).toSorted()) {
    const path = `/dev/${name}`;
    const device = await realpath(`${sys}/class/tty/${name}/device`).catch(() => '');
    if (interfaceOf(device) === place) return path;
  }
  return undefined;
}

/** The device of ttyUSB is a port below the USB interface, that of ttyACM the interface itself. */
function interfaceOf(device: string): string | undefined {
  const isInterface = (folder: string) => /^\d+-[\d.]+:\d+\.\d+$/.test(basename(folder));
  return [device, dirname(device)].find(isInterface);
}

/**
 * The path to open: the configured one, until its modem is seen at another. A name below
 * /dev/serial or by a udev rule is the configured one always.
 */
export class FollowedTty {
  readonly #path: string;
  readonly #sys: string;
  #place: string | undefined;

  constructor(path: string, sys = '/sys') {
    this.#path = path;
    this.#sys = sys;
  }

  async now(): Promise<string> {
    const place = await placeOfTty(this.#path, this.#sys);
    if (this.#place === undefined || place === this.#place) return this.#path;
    // Another device may have the name meanwhile.
    return (await ttyAtPlace(this.#place, this.#sys)) ?? this.#path;
  }

  /** A modem answered at `path`. */
  async answered(path: string): Promise<void> {
    if (/^\/dev\/tty/.test(this.#path)) this.#place = await placeOfTty(path, this.#sys);
  }
}
