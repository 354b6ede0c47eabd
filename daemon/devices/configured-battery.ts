/** The battery of the config: another one where the config changes. */
import { absentBattery } from '../../hal/absent.ts';
import type { Battery, BatteryState } from '../../hal/battery/port.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import { openConfiguredBattery } from './battery.ts';
import { type LinesOs, openLines } from './lines.ts';
import type { SimulatedDevices } from './simulated-controls.ts';

type PowerConfig = Config['power'];

interface BatteryDeps extends LinesOs {
  /** Where a simulated one is put. */
  readonly simulated: SimulatedDevices;
  readonly panel: Config['panel'];
}

export class ConfiguredBattery implements Battery {
  readonly #deps: BatteryDeps;
  #config: PowerConfig;
  #battery: Battery;

  private constructor(config: PowerConfig, battery: Battery, deps: BatteryDeps) {
    this.#config = config;
    this.#battery = battery;
    this.#deps = deps;
  }

  /** Rejects with HalError for an impossible board. */
  static async open(config: PowerConfig, deps: BatteryDeps, signal: AbortSignal) {
    return new ConfiguredBattery(config, await openOne(config, deps, signal), deps);
  }

  /** Rejects as `open` does; the battery is unknown then. */
  async use(config: PowerConfig, signal: AbortSignal): Promise<void> {
    if (keyOf(config) === keyOf(this.#config)) return;
    this.#config = config;
    const before = this.#battery;
    this.#battery = unknownBattery(config.board, 'it is being opened');
    delete this.#deps.simulated.battery;
    // It may hold the bus or the line that the next one needs.
    await before[Symbol.asyncDispose]();
    try {
      this.#battery = await openOne(config, this.#deps, signal);
    } catch (error) {
      this.#battery = unknownBattery(config.board, messageOf(error));
      throw error;
    }
  }

  read(signal: AbortSignal): Promise<BatteryState> {
    return this.#battery.read(signal);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#battery[Symbol.asyncDispose]();
  }
}

/** Of what it is opened with. */
const keyOf = ({ shut_down: _end, planned_minutes: _minutes, ...board }: PowerConfig) =>
  JSON.stringify(board);

async function openOne(
  power: PowerConfig,
  { simulated, panel, ...os }: BatteryDeps,
  signal: AbortSignal,
): Promise<Battery> {
  // The panel opens its own lines.
  const lines = openLines({ power, panel: { ...panel, driver: 'none' } }, {}, os);
  return await openConfiguredBattery({ power }, lines.battery, simulated, os, signal);
}

function unknownBattery(source: string, reason: string): Battery {
  return {
    ...absentBattery,
    read: async (signal) => {
      signal.throwIfAborted();
      return { phase: 'unknown', source, reason, mains: 'unknown' };
    },
  };
}
