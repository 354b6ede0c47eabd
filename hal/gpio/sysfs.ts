/** The driver for GPIO lines by sysfs, for kernels without the character device. */

import { readdirSync, readFileSync } from 'node:fs';
import { Gpio } from 'onoff';
import type { Clock } from '../os/clock.ts';
import { HalError, halErrorOf } from '../os/errors.ts';
import type { InputHandle, InputSpec, LineDriver, LineRef, OnEdge, OnGone } from './port.ts';

const ROOT = '/sys/class/gpio';

/**
 * GPIO through sysfs, by onoff: for kernels without the character device. It has
 * no kernel debounce, no time stamps and no bias (a board's own pull resistor or
 * a device-tree overlay is needed), and it does not report when a chip goes: the
 * reader of the inputs probes for that.
 */
export function sysfsDriver(clock: Clock): LineDriver {
  return {
    name: 'sysfs (onoff)',
    openInputs: (specs, onEdge, onGone) => openInputs(specs, clock, onEdge, onGone),
    openOutput: (spec, isActive) => {
      const gpio = claim(spec.line, spec.name, (number) => {
        // 'high' and 'low' set the level before the direction, so that a lamp does not flash.
        const level = isActive !== spec.isActiveLow ? 'high' : 'low';
        return new Gpio(number, level, 'none', { activeLow: spec.isActiveLow });
      });
      return {
        set: (next) => {
          try {
            gpio.writeSync(next ? 1 : 0);
          } catch (error) {
            throw halErrorOf(error, `lamp ${spec.name}`);
          }
        },
        close: () => release(gpio),
      };
    },
  };
}

export interface SysfsChip {
  readonly label: string;
  readonly base: number;
  readonly lines: number;
}

/** Chips with their bases, which move between kernels (512 on one Pi, 571 on another). */
export function listSysfsChips(root: string = ROOT): SysfsChip[] {
  const read = (chip: string, name: string) =>
    readFileSync(`${root}/${chip}/${name}`, 'utf8').trim();
  return readdirSync(root)
    .filter((name) => name.startsWith('gpiochip'))
    .map((chip) => ({
      label: read(chip, 'label'),
      base: Number(read(chip, 'base')),
      lines: Number(read(chip, 'ngpio')),
    }));
}

/**
 * The sysfs number of a line. Sysfs knows no names: `GPIO17` is taken as offset 17
 * of the one chip that is a SoC's pin controller.
 */
export function findSysfsNumber(ref: LineRef, chips: readonly SysfsChip[]): number {
  const name = typeof ref === 'string' ? ref : `${ref.chip}:${ref.offset}`;
  const offset = typeof ref === 'string' ? Number(/^GPIO(\d+)$/.exec(ref)?.[1] ?? -1) : ref.offset;
  const fits = chips.filter(({ label, lines }) => {
    const isChip = typeof ref === 'string' ? label.startsWith('pinctrl-') : label === ref.chip;
    return isChip && offset >= 0 && offset < lines;
  });
  const [chip] = fits;
  if (chip === undefined) {
    throw new HalError('NOT_FOUND', `GPIO line ${name}: sysfs has no such chip or offset`);
  }
  if (fits.length > 1) {
    throw new HalError('AMBIGUOUS', `GPIO line ${name}: is on ${fits.length} chips`);
  }
  return chip.base + offset;
}

function openInputs(
  specs: readonly InputSpec[],
  clock: Clock,
  onEdge: OnEdge,
  onGone: OnGone,
): InputHandle {
  const opened: { readonly name: string; readonly gpio: Gpio }[] = [];
  const closeAll = () => {
    for (const { gpio } of opened) release(gpio);
  };
  try {
    for (const { name, line, isActiveLow, debounceMs } of specs) {
      const options = { activeLow: isActiveLow, debounceTimeout: debounceMs };
      const gpio = claim(line, name, (number) => new Gpio(number, 'in', 'both', options));
      opened.push({ name, gpio });
      gpio.watch((error, value) => {
        if (error) onGone(halErrorOf(error, `GPIO input ${name}`));
        else onEdge(name, value === 1, clock.monotonicMs(), 0);
      });
    }
  } catch (error) {
    closeAll();
    throw error;
  }
  return {
    read: () => {
      try {
        return new Set(opened.filter(({ gpio }) => gpio.readSync() === 1).map(({ name }) => name));
      } catch (error) {
        throw halErrorOf(error, 'GPIO inputs');
      }
    },
    close: closeAll,
  };
}

function claim(line: LineRef, name: string, open: (number: number) => Gpio): Gpio {
  try {
    return open(findSysfsNumber(line, listSysfsChips()));
  } catch (error) {
    throw halErrorOf(error, `GPIO line for ${name}`);
  }
}

function release(gpio: Gpio): void {
  try {
    gpio.unwatchAll();
    gpio.unexport();
  } catch {
    // The chip is gone and its exports with it.
  }
}
