/** `venuebox doctor printer`. */
import type { Clock } from '../../../hal/os/clock.ts';
import type { PrinterOs } from '../../../hal/printer/device.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { PrinterStatus } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { lpTransport } from '../../../hal/printer/transport/lp.ts';
import { serialTransport } from '../../../hal/printer/transport/serial.ts';
import { tcpTransport } from '../../../hal/printer/transport/tcp.ts';
import type { OpenTransport } from '../../../hal/printer/transport/transport.ts';
import { listUsbPrinters, type UsbPrinter } from '../../../hal/printer/transport/usb-printers.ts';
import type { Config } from '../../config/config.ts';
import { judgePrinter } from './findings.ts';
import { type PartReport, wrong } from './report.ts';

/** USB printers that are plugged in, and the one that the config names. */
export async function probePrinter(
  { printer: config }: Pick<Config, 'printer'>,
  os: PrinterOs,
  signal: AbortSignal,
): Promise<PartReport> {
  const plugged = await listUsbPrinters();
  const ask = async (where: string, transport: OpenTransport, name: string) => {
    await using printer = openPrinter(transport, PRINTER_PROFILES[config.profile], os);
    return { where, name, status: await printer.status(signal) };
  };
  const remote = transportOf(config, os.clock);
  const found = await Promise.all([
    ...plugged.map(async ({ path, id, name }) =>
      ask(path, lpTransport(path, os.clock), id === '' ? name : `${name}, ${id}`),
    ),
    ...(remote === undefined ? [] : [ask(remote.where, remote.transport, config.driver)]),
  ]);
  const isMissing = config.driver === 'usb' && !isPlugged(plugged, config.device);
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

/** A single printer is taken whatever its number: it changes with each replug. */
function isPlugged(plugged: readonly UsbPrinter[], device: string): boolean {
  if (device.startsWith('usb:')) return plugged.some(({ id }) => id === device);
  return plugged.length === 1 || plugged.some(({ path }) => device === 'auto' || device === path);
}

/** Of a printer that no list of the kernel shows. */
function transportOf(config: Config['printer'], clock: Clock) {
  const { driver, device, host, port } = config;
  if (driver === 'network') {
    return { where: `${host}:${port}`, transport: tcpTransport(host, clock, port) };
  }
  if (driver !== 'serial') return undefined;
  // As the box opens it (daemon/devices).
  const { baud, parity, flow_control } = config;
  const line = { baudRate: baud, parity, flow: flow_control };
  return { where: device, transport: serialTransport(device, line, clock) };
}

function renderStatus(status: PrinterStatus): string {
  if (status.phase === 'silent') return 'answers no status';
  if (status.phase !== 'known') return status.phase;
  const { isOnline, paper, isCoverOpen } = status;
  return `${isOnline ? 'online' : 'offline'}, paper ${paper}, cover ${isCoverOpen ? 'open' : 'closed'}`;
}
