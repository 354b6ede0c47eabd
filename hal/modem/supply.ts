/** Cuts and restores the power of a modem by a GPIO line. */

import type { LineDriver, OutputSpec } from '../gpio/port.ts';
import type { Clock } from '../os/clock.ts';
import { halErrorOf } from '../os/errors.ts';
import type { Modems } from './port.ts';

/** Until a modem's capacitors are empty. */
const CUT_MS = 8_000;

/**
 * Modems whose common supply a line cuts while it is active. The line is claimed only
 * for the cut, so that the modems keep their supply whatever becomes of this process.
 */
export function withSupply(
  modems: Modems,
  lines: LineDriver,
  spec: OutputSpec,
  clock: Clock,
): Modems {
  const cut = async (signal: AbortSignal) => {
    try {
      const line = lines.openOutput(spec, true);
      try {
        await clock.sleep(CUT_MS, signal);
      } finally {
        line.set(false);
        line.close();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw halErrorOf(error, spec.name);
    }
  };
  return {
    driver: modems.driver,
    canPower: true,
    changes: (signal) => modems.changes(signal),
    act: (id, action, signal) =>
      action === 'power' ? cut(signal) : modems.act(id, action, signal),
    sendPin: (id, pin, signal) => modems.sendPin(id, pin, signal),
  };
}
