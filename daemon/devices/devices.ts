/** Opens the devices of the config, all but camera, sound and links. */
import type { Battery } from '../../hal/battery/port.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { openLinuxSystem } from '../../hal/system/linux.ts';
import type { System } from '../../hal/system/port.ts';
import type { Config } from '../config/config.ts';
import { openPanelDevices, type PanelDevices } from '../panel/devices.ts';
import { openConfiguredBattery } from './battery.ts';
import { openLines } from './lines.ts';
import { ConfiguredModems } from './modems.ts';
import { openPrintedSlips, type PrintedSlips } from './printed-slips.ts';
import { ConfiguredPrinter } from './printer.ts';
import { openSimulatedControls, type SimulatedDevices } from './simulated-controls.ts';
import type { SimulatedPanel } from './simulated-panel.ts';

export interface Devices extends AsyncDisposable {
  readonly battery: Battery;
  readonly printer: ConfiguredPrinter;
  readonly modems: ConfiguredModems;
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
  const printer = new ConfiguredPrinter(config.printer, { slips, simulated, ...os });
  const panel = openPanelDevices(config.panel, lines.panel, os);
  const modems = new ConfiguredModems(config.modems, { simulated, ...os });
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
