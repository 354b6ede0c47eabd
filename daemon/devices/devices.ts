/** Opens the devices of the config, all but camera, sound, links, buttons and lamps. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { openLinuxSystem } from '../../hal/system/linux.ts';
import type { System } from '../../hal/system/port.ts';
import type { Config } from '../config/config.ts';
import { ConfiguredBattery } from './configured-battery.ts';
import { ConfiguredModems } from './modems.ts';
import { openPrintedSlips, type PrintedSlips } from './printed-slips.ts';
import { ConfiguredPrinter } from './printer.ts';
import { openSimulatedControls, type SimulatedDevices } from './simulated-controls.ts';
import type { SimulatedPanel } from './simulated-panel.ts';

export interface Devices extends AsyncDisposable {
  readonly battery: ConfiguredBattery;
  readonly printer: ConfiguredPrinter;
  readonly modems: ConfiguredModems;
  readonly system: System;
  readonly slips: PrintedSlips;
  /** Those that are simulated now. */
  readonly simulated: SimulatedDevices;
  /** Controls of these for the operator's page. */
  readonly simulatedControls: SimulatedPanel;
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
  const { panel } = config;
  const battery = await ConfiguredBattery.open(config.power, { simulated, panel, ...os }, signal);
  const printer = new ConfiguredPrinter(config.printer, { slips, simulated, ...os });
  const modems = new ConfiguredModems(config.modems, { simulated, ...os });
  return {
    battery,
    printer,
    modems,
    system: openLinuxSystem(),
    slips,
    simulated,
    simulatedControls: openSimulatedControls(simulated, clock),
    [Symbol.asyncDispose]: async () => {
      await battery[Symbol.asyncDispose]();
      await printer[Symbol.asyncDispose]();
    },
  };
}
