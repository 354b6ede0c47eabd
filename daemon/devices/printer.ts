/** The printer of the config: another one where the config changes. */
import { absentPrinter } from '../../hal/absent.ts';
import { messageOf } from '../../hal/os/log.ts';
import { openPrinter } from '../../hal/printer/device.ts';
import { openPolledPrinter } from '../../hal/printer/polled/server.ts';
import type {
  PrintDocument,
  Printer,
  PrinterStatus,
  PrintOptions,
} from '../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { openSimulatedPrinter } from '../../hal/printer/simulated.ts';
import { lpTransport } from '../../hal/printer/transport/lp.ts';
import { serialTransport } from '../../hal/printer/transport/serial.ts';
import { tcpTransport } from '../../hal/printer/transport/tcp.ts';
import type { Config } from '../config/config.ts';
import type { LinesOs } from './lines.ts';
import type { PrintedSlips } from './printed-slips.ts';
import { ROLL_MM, type SimulatedDevices } from './simulated-controls.ts';

type PrinterConfig = Config['printer'];

interface PrinterDeps extends LinesOs {
  readonly slips: PrintedSlips;
  /** Where a simulated one is put. */
  readonly simulated: SimulatedDevices;
}

export class ConfiguredPrinter implements Printer {
  readonly #deps: PrinterDeps;
  #config: PrinterConfig;
  #printer: Printer;

  constructor(config: PrinterConfig, deps: PrinterDeps) {
    this.#deps = deps;
    this.#config = config;
    this.#printer = openConfigured(config, deps);
  }

  /** Nothing must be printing: a slip that is would be lost between two printers. */
  async use(config: PrinterConfig): Promise<void> {
    if (JSON.stringify(config) === JSON.stringify(this.#config)) return;
    this.#config = config;
    const before = this.#printer;
    this.#printer = absentPrinter;
    delete this.#deps.simulated.printer;
    // It may listen on the port that the next one needs.
    await before[Symbol.asyncDispose]();
    this.#printer = openConfigured(config, this.#deps);
  }

  status(signal: AbortSignal): Promise<PrinterStatus> {
    return this.#printer.status(signal);
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await this.#printer.prepare?.(signal);
  }

  print(document: PrintDocument, signal: AbortSignal, options?: PrintOptions) {
    return this.#printer.print(document, signal, options);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#printer[Symbol.asyncDispose]();
  }
}

function serialLine({ baud, parity, flow_control }: PrinterConfig) {
  return { baudRate: baud, parity, flow: flow_control };
}

function openConfigured(config: PrinterConfig, { slips, simulated, ...os }: PrinterDeps): Printer {
  const profile = PRINTER_PROFILES[config.profile];
  const { clock, log } = os;
  switch (config.driver) {
    // Found-drivers.ts has said which.
    case 'auto':
    case 'none':
      return absentPrinter;
    case 'usb':
      return openPrinter(lpTransport(config.device, clock), profile, os);
    case 'network':
      return openPrinter(tcpTransport(config.host, clock, config.port), profile, os);
    case 'serial':
      return openPrinter(serialTransport(config.device, serialLine(config), clock), profile, os);
    case 'cloudprnt':
    case 'direct-print':
      return openPolledPrinter({
        ...{ protocol: config.driver, profile, ...os },
        ...{ port: config.poll_port, printerIp: config.host },
      });
    case 'simulated': {
      const onPaper = (paper: Parameters<PrintedSlips['add']>[0]) => {
        slips.add(paper, clock.wallMs()).catch((error: unknown) => {
          log.warn('printed slip not rendered', { reason: messageOf(error) });
        });
      };
      const options = { profile, clock, log, rollMm: ROLL_MM, onPaper };
      simulated.printer = openSimulatedPrinter(options);
      return simulated.printer.printer;
    }
  }
}
