/** The modems of the config: others where the config changes. */
import { absentModems } from '../../hal/absent.ts';
import { openLineDriver, probeGpio } from '../../hal/gpio/probe.ts';
import { openAtModem } from '../../hal/modem/at-modem.ts';
import { joinModems } from '../../hal/modem/join.ts';
import { openModemManager } from '../../hal/modem/modem-manager.ts';
import type { ModemAction, Modems, ModemsState } from '../../hal/modem/port.ts';
import { DEMO_TRACES, openSimulatedModems } from '../../hal/modem/simulated.ts';
import { withSupply } from '../../hal/modem/supply.ts';
import { anySignal } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { LinesOs } from './lines.ts';
import type { SimulatedDevices } from './simulated-controls.ts';

type ModemsConfig = Config['modems'];

interface ModemsDeps extends LinesOs {
  /** Where simulated ones are put. */
  readonly simulated: SimulatedDevices;
}

/** The default of modems on a UART; over USB the rate has no effect. */
const AT_BAUD = 115_200;

export class ConfiguredModems implements Modems {
  readonly #deps: ModemsDeps;
  #opened: string;
  #modems: Modems;
  #replaced = new AbortController();

  constructor(config: ModemsConfig, deps: ModemsDeps) {
    this.#deps = deps;
    this.#opened = keyOf(config);
    this.#modems = openConfigured(config, deps);
  }

  get driver(): string {
    return this.#modems.driver;
  }

  get canPower(): boolean {
    return this.#modems.canPower;
  }

  /** What data they carry goes on: they are only spoken to in another way. */
  use(config: ModemsConfig): void {
    if (keyOf(config) === this.#opened) return;
    this.#opened = keyOf(config);
    delete this.#deps.simulated.modems;
    this.#modems = openConfigured(config, this.#deps);
    this.#replaced.abort();
    this.#replaced = new AbortController();
  }

  async *changes(signal: AbortSignal): AsyncGenerator<ModemsState> {
    while (!signal.aborted) {
      using ends = anySignal(signal, this.#replaced.signal);
      yield* this.#modems.changes(ends.signal);
    }
  }

  act(id: string, action: ModemAction, signal: AbortSignal): Promise<void> {
    return this.#modems.act(id, action, signal);
  }

  sendPin(id: string, pin: string, signal: AbortSignal): Promise<void> {
    return this.#modems.sendPin(id, pin, signal);
  }
}

/** Of what they are opened with. */
const keyOf = ({ driver, at_ports, power_cut }: ModemsConfig) =>
  JSON.stringify([driver, at_ports, power_cut]);

function openConfigured(config: ModemsConfig, { simulated, ...os }: ModemsDeps): Modems {
  switch (config.driver) {
    // Found-drivers.ts has said which.
    case 'auto':
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
function switchable(modems: Modems, { power_cut }: ModemsConfig, { clock, log }: LinesOs): Modems {
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
