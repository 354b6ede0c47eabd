/** Opens the buttons and lamps of the config. */
import { absentInputs, absentLamp } from '../../hal/absent.ts';
import { watchInputs } from '../../hal/gpio/inputs.ts';
import type { InputSpec, Inputs, Lamp, LineDriver } from '../../hal/gpio/port.ts';
import { openLamp } from '../../hal/gpio/probe.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { PanelConfig } from '../config/panel.ts';
import { LAMPS, type LampName } from './lamps.ts';
import { BUTTONS } from './presses.ts';

export interface PanelDevices extends AsyncDisposable {
  readonly inputs: Inputs;
  readonly lamps: Readonly<Record<LampName, Lamp>>;
}

/**
 * The panel's buttons and lamps over a driver; undefined is a box without any.
 * What has neither a line nor an LED is left out of the panel.
 */
export function openPanelDevices(
  config: PanelConfig,
  driver: LineDriver | undefined,
  os: ClockAndLog,
): PanelDevices {
  const specs = inputSpecs(config);
  const inputs =
    driver === undefined || specs.length === 0 ? absentInputs : watchInputs(driver, specs, os);
  const lamps = Object.fromEntries(
    LAMPS.map((name) => [name, lampOf(name, config, driver, os.clock)]),
  ) as Record<LampName, Lamp>;
  return {
    inputs,
    lamps,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(LAMPS.map((name) => lamps[name][Symbol.asyncDispose]()));
    },
  };
}

function inputSpecs({ buttons, debounce_ms: debounceMs }: PanelConfig): InputSpec[] {
  return BUTTONS.map((name) => ({ name, ...buttons[name] }))
    .filter(({ line }) => line !== '')
    .map(({ name, line, active_low: isActiveLow, bias }) => ({
      name,
      line,
      isActiveLow,
      bias,
      debounceMs,
    }));
}

function lampOf(
  name: LampName,
  { lamps }: PanelConfig,
  driver: LineDriver | undefined,
  clock: Clock,
): Lamp {
  const { line, led, active_low: isActiveLow } = lamps[name];
  if (driver === undefined || (line === '' && led === '')) return absentLamp(name);
  return openLamp({ name, line, isActiveLow, ...(led === '' ? {} : { led }) }, driver, clock);
}
