/** Opens the GPIO lines of the panel and of the battery board. */
import type { LineDriver } from '../../hal/gpio/port.ts';
import { openLineDriver, probeGpio } from '../../hal/gpio/probe.ts';
import { openSimulatedGpio } from '../../hal/gpio/simulated.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { SimulatedDevices } from './simulated-controls.ts';

/** GPIO lines for each use; undefined where there are none. */
export interface Lines {
  readonly panel: LineDriver | undefined;
  readonly battery: LineDriver | undefined;
}

export interface LinesOs {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A real board's mains pin is on the machine's own lines, also beside a simulated panel:
 * simulated lines would always report the mains as on. Missing GPIO is logged.
 *
 * @param openReal Throws `HalError` where the machine has no GPIO.
 */
export function openLines(
  { panel, power }: Pick<Config, 'panel' | 'power'>,
  simulated: SimulatedDevices,
  { clock, log }: LinesOs,
  openReal: () => LineDriver = () => openLineDriver(probeGpio(), clock),
): Lines {
  const isBoardReal = power.board !== 'none' && power.board !== 'simulated';
  const isPanelReal = panel.driver === 'gpio';
  const real = isBoardReal || isPanelReal ? openOrLog(openReal, log) : undefined;
  const battery = isBoardReal ? real : undefined;
  // Without any, buttons and lamps say so, but for lamps of the LED class.
  if (isPanelReal) return { panel: real ?? lateLines(openReal), battery };
  if (panel.driver !== 'simulated') return { panel: undefined, battery };
  simulated.gpio = openSimulatedGpio(clock);
  return { panel: simulated.gpio.driver, battery };
}

/** They are looked for each time again: a chip on USB, or its driver, may come late. */
function lateLines(open: () => LineDriver): LineDriver {
  return {
    name: 'GPIO',
    openInputs: (specs, onEdge, onGone) => open().openInputs(specs, onEdge, onGone),
    openOutput: (spec, isActive) => open().openOutput(spec, isActive),
  };
}

function openOrLog(open: () => LineDriver, log: Log): LineDriver | undefined {
  try {
    return open();
  } catch (error) {
    log.warn('no GPIO lines', { reason: messageOf(error) });
    return undefined;
  }
}
