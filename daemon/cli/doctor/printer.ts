import { readFile } from 'node:fs/promises';
import type { PrinterOs } from '../../../hal/printer/device.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { PrinterStatus } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { listPrinters, lpTransport } from '../../../hal/printer/transport/lp.ts';
import { judgePrinter } from './findings.ts';
import type { PartReport } from './report.ts';

export async function probePrinter(os: PrinterOs, signal: AbortSignal): Promise<PartReport> {
  const paths = (await listPrinters()).toSorted();
  const statuses = await Promise.all(
    paths.map(async (path) => {
      await using printer = openPrinter(
        lpTransport(path, os.clock),
        PRINTER_PROFILES['generic-58'],
        os,
      );
      return { path, name: await nameOf(path), status: await printer.status(signal) };
    }),
  );
  return {
    part: 'printer',
    driver: paths.length === 0 ? 'absent' : 'usblp',
    lines: statuses.map(({ path, name, status }) => `${path}: ${name}; ${renderStatus(status)}`),
    findings: statuses.flatMap(({ path, status }) => judgePrinter(path, status)),
  };
}

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
