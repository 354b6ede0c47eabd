/** Lamps: of the kernel's LED class, or on a GPIO line. */

import { readFile, writeFile } from 'node:fs/promises';
import { pause, turns } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError, halErrorOf } from '../os/errors.ts';
import { namesIn } from '../os/files/names-in.ts';
import type { Lamp, LineDriver, OutputHandle, OutputSpec, Rhythm } from './port.ts';
import { faultOf, lampAt, renderLedPattern } from './rhythm.ts';

const LED_CLASS = '/sys/class/leds';
/** udev answers within some ms; a Pi that starts is busy. */
const PERMISSION_RETRY_MS = 50;
const PERMISSION_TRIES = 60;
/** The LED class takes this much of any lamp, but a pattern no more than the lamp's own. */
const FULL = 255;
const never = new AbortController().signal;

/** Names of the lamps that the kernel's LED class has. */
export function listLeds(): string[] {
  return namesIn(LED_CLASS);
}

/**
 * A lamp of the LED class. The kernel keeps the rhythm, so the lamp still shows
 * the last state when this process has died.
 */
export function openLedLamp(
  name: string,
  led: string,
  clock: Clock,
  root: string = LED_CLASS,
): Lamp {
  const { write, writeOncePermitted, readBrightest } = ledFiles(name, led, clock, root);
  // Two rhythms at once would leave a lamp with parts of both.
  const inTurn = turns();
  const show = async (rhythm: Rhythm) => {
    refuseFaulty(name, rhythm);
    // Brightness 0 ends any trigger, so that a new rhythm starts at its beginning.
    await write('brightness', '0');
    if (rhythm.length === 0) return;
    if (rhythm.length === 1) return write('brightness', String(FULL));
    const [onMs, offMs] = rhythm;
    if (rhythm.length === 2) {
      await write('trigger', 'timer');
      await writeOncePermitted('delay_on', String(onMs));
      return writeOncePermitted('delay_off', String(offMs));
    }
    await write('trigger', 'pattern');
    await writeOncePermitted('repeat', '-1');
    await writeOncePermitted('pattern', renderLedPattern(rhythm, await readBrightest()));
  };
  return {
    name,
    driver: `LED class ${led}`,
    isDrivenByKernel: true,
    show: (rhythm) => inTurn(() => show(rhythm)),
    // The kernel shows it, and its LED is not polled.
    fault: () => undefined,
    // What it shows stays: that is what the LED class is chosen for.
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The files of one LED, below its class. */
function ledFiles(name: string, led: string, clock: Clock, root: string) {
  const write = async (file: string, text: string) => {
    try {
      await writeFile(`${root}/${led}/${file}`, text, { flag: 'r+' });
    } catch (error) {
      throw halErrorOf(error, `lamp ${name}: LED ${led}: ${file}`);
    }
  };
  /** A trigger's own file is root's until udev has handled it (systemd/venuebox.udev). */
  const writeOncePermitted = async (file: string, text: string) => {
    for (let left = PERMISSION_TRIES; ; left -= 1) {
      try {
        return await write(file, text);
      } catch (error) {
        const isRoots = error instanceof HalError && error.code === 'NOT_PERMITTED';
        if (left === 0 || !isRoots) throw error;
      }
      await clock.sleep(PERMISSION_RETRY_MS, never);
    }
  };
  /** A lamp of gpio-leds can be off and on only and reports 1: a pattern with more is EINVAL. */
  const readBrightest = async () => {
    try {
      const max = Number.parseInt(await readFile(`${root}/${led}/max_brightness`, 'utf8'), 10);
      return max > 0 ? Math.min(FULL, max) : FULL;
    } catch (error) {
      throw halErrorOf(error, `lamp ${name}: LED ${led}: max_brightness`);
    }
  };
  return { write, writeOncePermitted, readBrightest };
}

/** A lamp on a GPIO line, blinked by this process. It claims the line again when it was away. */
export function openGpioLamp(driver: LineDriver, spec: OutputSpec, clock: Clock): Lamp {
  let handle: OutputHandle | undefined;
  let stop = new AbortController();
  let blinking: Promise<void> = Promise.resolve();
  let fault: string | undefined;

  const set = (isOn: boolean) => {
    try {
      handle ??= driver.openOutput(spec, isOn);
      handle.set(isOn);
      fault = undefined;
    } catch (cause) {
      handle?.close();
      handle = undefined;
      const error = halErrorOf(cause, `lamp ${spec.name}`);
      fault = error.message;
      throw error;
    }
  };
  const blink = async (rhythm: Rhythm, signal: AbortSignal) => {
    const startMs = clock.monotonicMs();
    while (!signal.aborted) {
      const { isOn, nextMs } = lampAt(rhythm, clock.monotonicMs() - startMs);
      try {
        set(isOn);
      } catch {
        // Away: the next beat tries again, and `fault` reports it.
      }
      // A lamp that stays on is set again each second, so that it comes back with its chip.
      await pause(clock, Math.min(Math.max(nextMs, 1), 1000), signal);
    }
  };
  const end = async () => {
    stop.abort();
    await blinking;
  };
  // Two rhythms at once would leave a lamp with parts of both.
  const inTurn = turns();
  const show = async (rhythm: Rhythm) => {
    refuseFaulty(spec.name, rhythm);
    await end();
    stop = new AbortController();
    blinking = blink(rhythm, stop.signal);
    set(lampAt(rhythm, 0).isOn);
  };
  return {
    name: spec.name,
    driver: driver.name,
    isDrivenByKernel: false,
    show: (rhythm) => inTurn(() => show(rhythm)),
    fault: () => fault,
    [Symbol.asyncDispose]: () =>
      inTurn(async () => {
        await end();
        handle?.close();
        handle = undefined;
      }),
  };
}

function refuseFaulty(name: string, rhythm: Rhythm): void {
  const fault = faultOf(rhythm);
  if (fault !== undefined) throw new RangeError(`lamp ${name}: a rhythm with ${fault}`);
}
