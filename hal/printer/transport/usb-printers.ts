/** USB printers by what they are, not by the number that the kernel gave them. */

import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HalError } from '../../os/errors.ts';

export interface UsbPrinter {
  /** `/dev/usb/lp1`; the number is a new one after each replug. */
  readonly path: string;
  /** `usb:04b8:0202:L4XF001234`, without the last part where it has no serial number. */
  readonly id: string;
  /** What it calls itself, like `EPSON TM-T20`. */
  readonly name: string;
}

/** Lists the USB printers that are plugged in. */
export async function listUsbPrinters(
  devFolder = '/dev/usb',
  sysFolder = '/sys/class/usbmisc',
): Promise<UsbPrinter[]> {
  const names = (await readdir(devFolder).catch(() => [])).filter((name) => /^lp\d+$/.test(name));
  const found = names.map(async (name) => ({
    path: `${devFolder}/${name}`,
    ...(await describe(`${sysFolder}/${name}/device`)),
  }));
  return (await Promise.all(found)).toSorted((a, b) =>
    a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
}

/** Of the interface's folder in sysfs; the device's own is the one above. */
async function describe(link: string): Promise<Omit<UsbPrinter, 'path'>> {
  const usbInterface = await realpath(link).catch(() => link);
  const device = dirname(usbInterface);
  const read = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim();
  const [vendor, product, serial, ieee1284] = await Promise.all([
    read(`${device}/idVendor`),
    read(`${device}/idProduct`),
    read(`${device}/serial`),
    read(`${usbInterface}/ieee1284_id`),
  ]);
  const field = (name: string) => new RegExp(`(?:^|;)${name}:([^;]*)`).exec(ieee1284)?.[1]?.trim();
  const parts = ['usb', vendor, product, serial.replace(/[^\w.-]/g, '_')];
  return {
    id: vendor === '' ? '' : parts.filter((part) => part !== '').join(':'),
    name: [field('MFG'), field('MDL')].filter(Boolean).join(' ') || 'no name',
  };
}

/**
 * The printer to print on.
 *
 * @param wanted Of the config: `auto`, an id, or a path.
 * @param known The id that was found there before: after a replug the same printer has
 *   another path, and another printer may have its path.
 *
 * @throws HalError NOT_FOUND, or AMBIGUOUS where it may be one of several.
 */
export function chooseUsbPrinter(
  printers: readonly UsbPrinter[],
  wanted: string,
  known: string | undefined,
): UsbPrinter {
  const id = wanted.startsWith('usb:') ? wanted : known;
  const same = id === undefined || id === '' ? [] : printers.filter((one) => one.id === id);
  const there = printers.find(({ path }) => path === wanted);
  // Of two of a kind without serial numbers, the one at the configured place.
  if (there !== undefined && (id === undefined || id === '' || same.includes(there))) return there;
  const [first, ...others] = same.length > 0 || wanted.startsWith('usb:') ? same : printers;
  if (first === undefined) {
    throw new HalError('NOT_FOUND', `USB printer ${wanted}: it is not plugged in, or off`);
  }
  if (others.length > 0 && wanted !== 'auto') {
    const list = [first, ...others].map((one) => `${one.path} (${one.id})`).join(', ');
    const message = `USB printer ${wanted}: it may be one of ${list}; name it in printer.device`;
    throw new HalError('AMBIGUOUS', message);
  }
  return first;
}
