/** What the operator's page shows of simulated hardware, and the actions that it takes. */
import * as v from 'valibot';
import type { Rhythm } from '../../hal/gpio/port.ts';
import { anySignal, pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** Simulated hardware; each action returns false where there is no such device. */
export interface SimulatedPanel {
  /** Undefined where nothing is simulated. */
  state(box: BoxSnapshot): PanelState | undefined;
  /** Holds the button down until it is released. */
  press(button: string): boolean;
  release(button: string): boolean;
  setCharge(pct: number): boolean;
  setMains(isOn: boolean): boolean;
  setSwitch(name: string, isOn: boolean): boolean;
}

export interface PanelState {
  readonly buttons: readonly { readonly name: string; readonly label: string }[];
  readonly lamps: readonly PanelLamp[];
  readonly battery?: { readonly chargePct: number; readonly isMainsOn: boolean };
  readonly switches: readonly PanelSwitch[];
}

/** One thing that can go wrong with a device; on while the device is well. */
export interface PanelSwitch {
  readonly name: string;
  readonly label: string;
  readonly isOn: boolean;
}

export interface PanelLamp {
  readonly name: string;
  readonly label: string;
  readonly rhythm: Rhythm;
  /** The rhythm in words. */
  readonly meaning: string;
  /** Unix time in ms at which the rhythm started. */
  readonly sinceMs: number;
}

const name = v.pipe(v.string(), v.regex(/^[\w.-]{1,40}$/));

export const panelActionSchema = v.variant('do', [
  v.strictObject({ do: v.picklist(['press', 'release']), button: name }),
  v.strictObject({
    do: v.literal('charge'),
    pct: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  }),
  v.strictObject({ do: v.literal('mains'), isOn: v.boolean() }),
  v.strictObject({ do: v.literal('switch'), name, isOn: v.boolean() }),
]);

export type PanelAction = v.InferOutput<typeof panelActionSchema>;

/** The longest gesture is 10 s: after that a page that has left no longer holds its button. */
const PRESS_MAX_MS = 15_000;

/** Carries out the actions of a page; a button that no page releases is released after 15 s. */
export class PanelActions {
  readonly #panel: SimulatedPanel;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #held = new Map<string, AbortController>();

  constructor(panel: SimulatedPanel, clock: Clock, signal: AbortSignal) {
    this.#panel = panel;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** False for a button or a device that does not exist. */
  run(action: PanelAction): boolean {
    switch (action.do) {
      case 'press':
        return this.#press(action.button);
      case 'release':
        return this.#release(action.button);
      case 'charge':
        return this.#panel.setCharge(action.pct);
      case 'mains':
        return this.#panel.setMains(action.isOn);
      case 'switch':
        return this.#panel.setSwitch(action.name, action.isOn);
    }
  }

  #press(button: string): boolean {
    if (!this.#panel.press(button)) return false;
    this.#held.get(button)?.abort();
    const held = new AbortController();
    this.#held.set(button, held);
    void this.#releaseLater(button, held.signal);
    return true;
  }

  async #releaseLater(button: string, released: AbortSignal): Promise<void> {
    using ends = anySignal(released, this.#signal);
    if (await pause(this.#clock, PRESS_MAX_MS, ends.signal)) this.#release(button);
  }

  #release(button: string): boolean {
    this.#held.get(button)?.abort();
    this.#held.delete(button);
    return this.#panel.release(button);
  }
}
