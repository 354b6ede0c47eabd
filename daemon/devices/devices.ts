/** Opens the devices of the config, all but camera, sound and links. */
import { absentModems, absentPrinter } from '../../hal/absent.ts';
import type { Battery } from '../../hal/battery/port.ts';
import { openLineDriver, probeGpio } from '../../hal/gpio/probe.ts';
import { openAtModem } from '../../hal/modem/at-modem.ts';
import { joinModems } from '../../hal/modem/join.ts';
import { openModemManager } from '../../hal/modem/modem-manager.ts';
import type { Modems } from '../../hal/modem/port.ts';
import { DEMO_TRACES, openSimulatedModems } from '../../hal/modem/simulated.ts';
import { withSupply } from '../../hal/modem/supply.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { openPrinter } from '../../hal/printer/device.ts';
import { openPolledPrinter } from '../../hal/printer/polled/server.ts';
import type { Printer } from '../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { openSimulatedPrinter } from '../../hal/printer/simulated.ts';
import { lpTransport } from '../../hal/printer/transport/lp.ts';
import { serialTransport } from '../../hal/printer/transport/serial.ts';
import { tcpTransport } from '../../hal/printer/transport/tcp.ts';
import { openLinuxSystem } from '../../hal/system/linux.ts';
import type { System } from '../../hal/system/port.ts';
import type { Config } from '../config/config.ts';
import { openPanelDevices, type PanelDevices } from '../panel/devices.ts';
import { openConfiguredBattery } from './battery.ts';
import { openLines } from './lines.ts';
import { openPrintedSlips, type PrintedSlips } from './printed-slips.ts';
import { openSimulatedControls, ROLL_MM, type SimulatedDevices } from './simulated-controls.ts';
import type { SimulatedPanel } from './simulated-panel.ts';

export interface Devices extends AsyncDisposable {
  readonly battery: Battery;
  readonly printer: Printer;
  readonly modems: Modems;
  readonly system: System;
  readonly panel: PanelDevices;
  readonly slips: PrintedSlips;
  /** Controls for the operator's page; undefined where nothing is simulated. */
  readonly simulatedControls: SimulatedPanel | undefined;
}

export interface DevicesOs {
  readonly clock: Clock;
  readonly log: Log;
}

/** The default of modems on a UART; over USB the rate has no effect. */
const AT_BAUD = 115_200;

type DevicesConfig = Pick<Config, 'panel' | 'power' | 'printer' | 'modems'>;

/**
 * A missing device is a state, not a failure; only an impossible config is one.
 *
 * @param simulated Simulated camera and sound, which the media source has opened.
 *
 * Rejects with HalError.
 */
export async function openDevices(
  config: DevicesConfig,
  simulated: SimulatedDevices,
  os: DevicesOs,
  signal: AbortSignal,
): Promise<Devices> {
  const { clock } = os;
  const slips = openPrintedSlips();
  const lines = openLines(config, simulated, os);
  const battery = await openConfiguredBattery(config, lines.battery, simulated, os, signal);
  const printer = openConfiguredPrinter(config, slips, simulated, os);
  const panel = openPanelDevices(config.panel, lines.panel, os);
  const modems = openConfiguredModems(config, simulated, os);
  return {
    battery,
    printer,
    modems,
    system: openLinuxSystem(),
    panel,
    slips,
    simulatedControls: openSimulatedControls(simulated, config.panel, clock),
    [Symbol.asyncDispose]: async () => {
      await panel[Symbol.asyncDispose]();
      await battery[Symbol.asyncDispose]();
      await printer[Symbol.asyncDispose]();
    },
  };
}

function serialLine({ baud, parity, flow_control }: DevicesConfig['printer']) {
  return { baudRate: baud, parity, flow: flow_control };
}

function openConfiguredPrinter(
  { printer: config }: DevicesConfig,
  slips: PrintedSlips,
  simulated: SimulatedDevices,
  os: DevicesOs,
): Printer {
  const profile = PRINTER_PROFILES[config.profile];
  const { clock, log } = os;
  switch (config.driver) {
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

function openConfiguredModems(
  { modems: config }: DevicesConfig,
  simulated: SimulatedDevices,
  os: DevicesOs,
): Modems {
  switch (config.driver) {
    case 'none':
      return absentModems;
    case 'modem-manager':
      return switchable(openModemManager(os), config, os);
    case 'at': {
      const all = config.at_ports.map((port) => openAtModem(port, AT_BAUD, os));
      return switchable(joinModems(all), config, os);
    }
    case 'simulated': {
      simulated.modems = openSimulatedModems(DEMO_TRACES, os.clock);
      return simulated.modems;
    }
  }
}

/** With a line that cuts their supply, where the config has one. */
function switchable(
  modems: Modems,
  { power_cut }: DevicesConfig['modems'],
  { clock, log }: DevicesOs,
): Modems {
  const { line, active_low: isActiveLow } = power_cut;
  if (line === '') return modems;
  try {
    const lines = openLineDriver(probeGpio(), clock);
    return withSupply(modems, lines, { name: 'modem supply', line, isActiveLow }, clock);
  } catch (error) {
    log.warn('modem supply cannot be switched', { reason: messageOf(error) });
    return modems;
  }
}
