/** Simulated buttons and lamps. */

import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import type { InputSpec, LineDriver, OnEdge, OnGone } from './port.ts';

/** Buttons and lamps without a chip: the operator's page and tests use them. */
export interface SimulatedGpio {
  readonly driver: LineDriver;
  /** Does nothing while unplugged or when it already is so. */
  press(name: string): void;
  release(name: string): void;
  /** Whether an output is lit; undefined when it is not claimed. */
  lamp(name: string): boolean | undefined;
  unplug(): void;
  replug(): void;
}

interface Watcher {
  readonly specs: readonly InputSpec[];
  readonly onEdge: OnEdge;
  readonly onGone: OnGone;
}

export function openSimulatedGpio(clock: Clock): SimulatedGpio {
  const down = new Set<string>();
  const lamps = new Map<string, boolean>();
  const watchers = new Set<Watcher>();
  let isThere = true;

  const check = () => {
    if (!isThere) throw new HalError('GONE', 'simulated GPIO: unplugged');
  };
  const turn = (name: string, isActive: boolean) => {
    if (!isThere || down.has(name) === isActive) return;
    if (isActive) down.add(name);
    else down.delete(name);
    for (const { specs, onEdge } of watchers) {
      if (specs.some((spec) => spec.name === name)) onEdge(name, isActive, clock.monotonicMs(), 0);
    }
  };
  const driver: LineDriver = {
    name: 'simulated',
    openInputs: (specs, onEdge, onGone) => {
      check();
      const watcher = { specs, onEdge, onGone };
      watchers.add(watcher);
      return {
        read: () => {
          check();
          return new Set(specs.map(({ name }) => name).filter((name) => down.has(name)));
        },
        close: () => watchers.delete(watcher),
      };
    },
    openOutput: ({ name }, isActive) => {
      check();
      if (lamps.has(name)) throw new HalError('DEVICE_BUSY', `simulated lamp ${name}`);
      lamps.set(name, isActive);
      return {
        set: (next) => {
          check();
          lamps.set(name, next);
        },
        close: () => lamps.delete(name),
      };
    },
  };
  return {
    driver,
    press: (name) => turn(name, true),
    release: (name) => turn(name, false),
    lamp: (name) => lamps.get(name),
    unplug: () => {
      isThere = false;
      for (const { onGone } of watchers) onGone(new HalError('GONE', 'simulated GPIO: unplugged'));
    },
    replug: () => {
      isThere = true;
    },
  };
}
