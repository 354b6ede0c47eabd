/** Buttons and lamps of the config, as a task: opened, run, closed. */
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import { openPanelDevices, type PanelDevices } from '../panel/devices.ts';
import { LAMPS } from '../panel/lamps.ts';
import { type PanelDeps, type PanelPart, runPanel } from '../panel/run.ts';
import { openLines } from './lines.ts';
import type { SimulatedDevices } from './simulated-controls.ts';

interface Box extends Omit<PanelDeps, keyof PanelDevices | 'heartsLamp' | 'onAway' | 'onStuck'> {
  readonly devices: { readonly simulated: SimulatedDevices };
  readonly live: { current(): Config };
  readonly opening: { open(): void };
  readonly state: {
    setPanelAway(part: PanelPart, reason: string | undefined): void;
    set(change: { readonly stuckButtons: readonly string[] }): void;
  };
}

const PARTS: readonly PanelPart[] = ['buttons', ...LAMPS];

export function runningPanel({ panel, power }: Config, box: Box): Task {
  const { devices, live, opening, state } = box;
  const onAway = state.setPanelAway.bind(state);
  const onStuck = (stuckButtons: readonly string[]) => state.set({ stuckButtons });
  return async (signal) => {
    delete devices.simulated.gpio;
    // The battery board opens its own lines.
    const board = { panel, power: { ...power, board: 'none' as const } };
    const lines = openLines(board, devices.simulated, box);
    await using opened = openPanelDevices(panel, lines.panel, box);
    const { inputs, lamps } = opened;
    const heartsLamp = () => live.current().panel.hearts_lamp;
    const onMarkHeld = opening.open.bind(opening);
    try {
      await runPanel({ ...box, inputs, lamps, heartsLamp, onAway, onStuck, onMarkHeld }, signal);
    } finally {
      // Of others that come after these.
      for (const part of PARTS) onAway(part, undefined);
      onStuck([]);
    }
  };
}
