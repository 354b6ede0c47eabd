/** Drivers for devices that a venue does not have. */

import type { Battery } from './battery/port.ts';
import type { Inputs, Lamp } from './gpio/port.ts';
import type { Modems } from './modem/port.ts';
import { untilAborted } from './os/async.ts';
import { HalError } from './os/errors.ts';
import type { Printer } from './printer/port.ts';

/**
 * Drivers for what a venue does not have, so that callers have one path: they report
 * that nothing is there, and refuse what only a device could do.
 */
export const absentBattery: Battery = {
  read: async (signal) => {
    signal.throwIfAborted();
    return { phase: 'absent' };
  },
  [Symbol.asyncDispose]: async () => {},
};

export const absentPrinter: Printer = {
  status: async (signal) => {
    signal.throwIfAborted();
    return { phase: 'absent' };
  },
  print: async (_document, signal) => {
    signal.throwIfAborted();
    return { outcome: 'failed', reason: 'there is no printer', sentBytes: 0 };
  },
  [Symbol.asyncDispose]: async () => {},
};

export const absentModems: Modems = {
  driver: 'absent',
  canPower: false,
  changes: async function* (signal) {
    yield { phase: 'absent' };
    await untilAborted(signal);
  },
  act: (id) => Promise.reject(new HalError('NOT_FOUND', `modem ${id}: there are no modems`)),
  sendPin: (id) => Promise.reject(new HalError('NOT_FOUND', `modem ${id}: there are no modems`)),
};

/** Buttons that are never pressed. */
export const absentInputs: Inputs = {
  driver: 'absent',
  changes: async function* (signal) {
    yield { kind: 'levels', active: new Set<string>(), atMs: 0 };
    await untilAborted(signal);
  },
};

/** A lamp that shows nothing. */
export function absentLamp(name: string): Lamp {
  return {
    name,
    driver: 'absent',
    isDrivenByKernel: false,
    show: async () => {},
    fault: () => undefined,
    [Symbol.asyncDispose]: async () => {},
  };
}
