/** Finds the driver for GPIO lines on this machine. */

import { accessSync, constants } from 'node:fs';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { namesIn } from '../os/files/names-in.ts';
import { chardevDriver } from './chardev.ts';
import { listLeds, openGpioLamp, openLedLamp } from './lamps.ts';
import type { Lamp, LineDriver, OutputSpec } from './port.ts';
import { sysfsDriver } from './sysfs.ts';

/** What was looked at and what came of it, for the journal and `doctor`. */
export interface GpioProbe {
  readonly choice: 'chardev' | 'sysfs' | 'none';
  readonly findings: readonly string[];
  /** There are character devices, and this user may open none of them. */
  readonly isForbidden: boolean;
}

/** Which GPIO driver this machine can use: the character device before sysfs. */
export function probeGpio(root = ''): GpioProbe {
  const chips = namesIn(`${root}/dev`).filter((name) => /^gpiochip\d+$/.test(name));
  const usable = chips.filter((name) => isWritable(`${root}/dev/${name}`));
  if (usable.length > 0) {
    const findings = [`character device: ${usable.join(', ')}`];
    return { choice: 'chardev', findings, isForbidden: false };
  }
  const isForbidden = chips.length > 0;
  const missing = isForbidden
    ? `character device: ${chips.join(', ')} may not be opened (group gpio?)`
    : 'character device: no /dev/gpiochip*';
  if (isWritable(`${root}/sys/class/gpio/export`)) {
    const findings = [missing, 'sysfs: /sys/class/gpio/export is writable'];
    return { choice: 'sysfs', findings, isForbidden };
  }
  const findings = [missing, 'sysfs: no writable /sys/class/gpio/export'];
  return { choice: 'none', findings, isForbidden };
}

/**
 * The driver that {@link probeGpio} chose.
 *
 * @throws HalError NOT_FOUND with the findings, when there is none.
 */
export function openLineDriver(probe: GpioProbe, clock: Clock): LineDriver {
  if (probe.choice === 'chardev') return chardevDriver(clock);
  if (probe.choice === 'sysfs') return sysfsDriver(clock);
  throw new HalError('NOT_FOUND', `GPIO: ${probe.findings.join('; ')}`);
}

export interface LampSpec extends OutputSpec {
  /** The LED class's name for it, where the device tree or an overlay gives it one. */
  readonly led?: string;
}

/** The LED class where it has the lamp, the GPIO line elsewhere. */
export function openLamp(spec: LampSpec, driver: LineDriver, clock: Clock): Lamp {
  if (spec.led !== undefined && listLeds().includes(spec.led)) {
    return openLedLamp(spec.name, spec.led, clock);
  }
  return openGpioLamp(driver, spec, clock);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
