/** `venuebox doctor printer`. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../../hal/os/clock.ts';
import type { PrinterOs } from '../../../hal/printer/device.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { PrinterStatus } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { listPrinters, lpTransport } from '../../../hal/printer/transport/lp.ts';
import { serialTransport } from '../../../hal/printer/transport/serial.ts';
import { tcpTransport } from '../../../hal/printer/transport/tcp.ts';
import type { OpenTransport } from '../../../hal/printer/transport/transport.ts';
import type { Config } from '../../config/config.ts';
import { judgePrinter } from './findings.ts';
import { type PartReport, wrong } from './report.ts';

/** USB printers that are plugged in, and the one that the config names. */
export async function probePrinter(
  { printer: config }: Pick<Config, 'printer'>,
  os: PrinterOs,
  signal: AbortSignal,
): Promise<PartReport> {
  const plugged = (await listPrinters()).toSorted();
  const ask = async (where: string, transport: OpenTransport, name: string) => {
    await using printer = openPrinter(transport, PRINTER_PROFILES[config.profile], os);
    return { where, name, status: await printer.status(signal) };
  };
  const remote = transportOf(config, os.clock);
  const found = await Promise.all([
    ...plugged.map(async (path) => ask(path, lpTransport(path, os.clock), await nameOf(path))),
    ...(remote === undefined ? [] : [ask(remote.where, remote.transport, config.driver)]),
  ]);
  const isMissing = config.driver === 'usb' && !plugged.includes(config.device);
  const missing = wrong(`printer ${config.device} is not there`, 'plug it in and switch it on');
  return {
    part: 'printer',
    driver: `set to ${config.driver}`,
    lines: found.map(({ where, name, status }) => `${where}: ${name}; ${renderStatus(status)}`),
    findings: [
      ...(isMissing ? [missing] : []),
      ...found.flatMap(({ where, status }) => judgePrinter(where, status)),
    ],
  };
}

/** Of a printer that no list of the kernel shows. */
function transportOf({ driver, device, host, port }: Config['printer'], clock: Clock) {
  if (driver === 'network') {
    return { where: `${host}:${port}`, transport: tcpTransport(host, clock, port) };
  }
  if (driver !== 'serial') return undefined;
  return { where: device, transport: serialTransport(device, SERIAL_BAUD, clock) };
}

/** As the box opens it (daemon/devices). */
const SERIAL_BAUD = 9600;

/** What a USB printer calls itself: `MFG:EPSON;MDL:TM-T20;…`. */
async function nameOf(path: string): Promise<string> {
  const node = path.split('/').at(-1) ?? '';
  const id = await readFile(`/sys/class/usbmisc/${node}/device/ieee1284_id`, 'utf8').catch(
    () => '',
  );
  const field = (name: string) => new RegExp(`(?:^|;)${name}:([^;]*)`).exec(id)?.[1]?.trim();
  return [field('MFG'), field('MDL')].filter(Boolean).join(' ') || 'no name';
}

function renderStatus(status: PrinterStatus): string {
  if (status.phase === 'silent') return 'answers no status';
  if (status.phase !== 'known') return status.phase;
  const { isOnline, paper, isCoverOpen } = status;
  return `${isOnline ? 'online' : 'offline'}, paper ${paper}, cover ${isCoverOpen ? 'open' : 'closed'}`;
}
