import * as v from 'valibot';
import type { Rhythm } from '../../hal/gpio/port.ts';
import { type Clock, isAbort } from '../../hal/os/clock.ts';
import { either } from '../../hal/os/either.ts';

/**
 * The demo's hardware, to be touched from the operator's page. Whoever opens the
 * simulated drivers implements it; a box with real hardware has none.
 */
export interface SimulatedPanel {
  state(): PanelState;
  /** A finger on the button, until it is released. */
  press(button: string): void;
  release(button: string): void;
  setCharge(pct: number): void;
  setMains(isOn: boolean): void;
  /** Pulls a device's plug, or puts it back. */
  setPlugged(device: string, isPlugged: boolean): void;
}

export interface PanelState {
  readonly buttons: readonly { readonly name: string; readonly label: string }[];
  readonly lamps: readonly PanelLamp[];
  readonly battery?: { readonly chargePct: number; readonly isMainsOn: boolean };
  readonly devices: readonly {
    readonly name: string;
    readonly label: string;
    readonly isPlugged: boolean;
  }[];
}

export interface PanelLamp {
  readonly name: string;
  readonly label: string;
  readonly rhythm: Rhythm;
  /** What the rhythm says, in words. */
  readonly meaning: string;
  /** Unix time in ms at which the rhythm began. */
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
  v.strictObject({ do: v.literal('plug'), device: name, isPlugged: v.boolean() }),
]);

export type PanelAction = v.InferOutput<typeof panelActionSchema>;

/** The longest gesture is 10 s: a page that left with its finger on a button has let go by then. */
const LONGEST_PRESS_MS = 15_000;

/** Carries out what a page did; a button that no page releases is released after 15 s. */
export class PanelHand {
  readonly #panel: SimulatedPanel;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #held = new Map<string, AbortController>();

  constructor(panel: SimulatedPanel, clock: Clock, signal: AbortSignal) {
    this.#panel = panel;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** False for a button or a device that is not there. */
  act(action: PanelAction): boolean {
    const { buttons, devices, battery } = this.#panel.state();
    switch (action.do) {
      case 'press':
      case 'release':
        if (!buttons.some((button) => button.name === action.button)) return false;
        if (action.do === 'press') this.#press(action.button);
        else this.#release(action.button);
        return true;
      case 'charge':
        if (battery !== undefined) this.#panel.setCharge(action.pct);
        return battery !== undefined;
      case 'mains':
        if (battery !== undefined) this.#panel.setMains(action.isOn);
        return battery !== undefined;
      case 'plug':
        if (!devices.some((device) => device.name === action.device)) return false;
        this.#panel.setPlugged(action.device, action.isPlugged);
        return true;
    }
  }

  #press(button: string): void {
    this.#held.get(button)?.abort();
    const held = new AbortController();
    this.#held.set(button, held);
    this.#panel.press(button);
    void this.#letGo(button, held.signal);
  }

  async #letGo(button: string, released: AbortSignal): Promise<void> {
    using ends = either(released, this.#signal);
    try {
      await this.#clock.sleep(LONGEST_PRESS_MS, ends.signal);
    } catch (error) {
      if (!isAbort(error, ends.signal)) throw error;
      return;
    }
    this.#release(button);
  }

  #release(button: string): void {
    this.#held.get(button)?.abort();
    this.#held.delete(button);
    this.#panel.release(button);
  }
}
