/** Evenings of a box: its drop machine, buttons and saved state, with power cuts, clock steps and bad disks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../support/seeded.ts';
import { DropWorld } from './drop-world.ts';
import { Dice, type Scenario } from './scenario.ts';

export type DropAction =
  | { readonly do: 'command'; readonly verb: 'arm' | 'disarm' | 'go-live' | 'end' | 'mark' }
  | { readonly do: 'press'; readonly button: 'drop' | 'mark'; readonly ms: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** This share of the disk's steps fails. */
  | { readonly do: 'disk'; readonly share: number }
  | { readonly do: 'clock'; readonly stepMs: number }
  /** Without a battery for it the clock begins at the same time again. */
  | { readonly do: 'power-cut'; readonly offMs: number; readonly isClockLost: boolean }
  | { readonly do: 'camera'; readonly isThere: boolean }
  /** Recordings are not closed: their disk hangs. */
  | { readonly do: 'recorder'; readonly hangs: boolean };

const COMMON = ['disk', 'power-cut'] as const;
const HOUR_MS = 3_600_000;

function drawAction(dice: Dice): DropAction {
  const kinds = ['command', 'command', 'press', 'wait', 'wait', 'fault', 'fault'] as const;
  switch (dice.pick(kinds)) {
    case 'command':
      return {
        do: 'command',
        verb: dice.pick(['arm', 'disarm', 'go-live', 'go-live', 'end', 'end', 'mark']),
      };
    case 'press':
      return {
        do: 'press',
        button: dice.pick(['drop', 'drop', 'mark']),
        ms: dice.pick([60, 300, 2_900, 3_100, 5_000, 10_500]),
      };
    case 'wait':
      return { do: 'wait', ms: dice.pick([1, 200, 1_000, 5_000, 20_000]) };
    default:
      return drawFault(dice);
  }
}

function drawFault(dice: Dice): DropAction {
  switch (dice.pick([...COMMON, ...COMMON, 'clock', 'camera', 'recorder'])) {
    case 'disk':
      return { do: 'disk', share: dice.pick([0, 0.3, 0.6, 1]) };
    case 'clock':
      return { do: 'clock', stepMs: dice.pick([-400, -30, -1, 1, 30, 24 * 365]) * HOUR_MS };
    case 'power-cut':
      return {
        do: 'power-cut',
        offMs: dice.pick([1_000, 60_000, HOUR_MS / 3, 10 * HOUR_MS]),
        isClockLost: dice.isTrue(0.3),
      };
    case 'camera':
      return { do: 'camera', isThere: dice.isTrue(0.6) };
    default:
      return { do: 'recorder', hangs: dice.isTrue(0.5) };
  }
}

export const dropScenario: Scenario<DropAction> = {
  name: 'drop',
  draw: (random) => {
    const dice = new Dice(random);
    return dice.list(5, 30, () => drawAction(dice));
  },
  run: async (actions, seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'venuebox-soak-'));
    const world = await DropWorld.start(join(folder, 'drop.json'), new Dice(seeded(seed + 1e6)));
    try {
      for (const action of actions) await world.apply(action);
      // At last all is well again.
      await world.apply({ do: 'disk', share: 0 });
      await world.apply({ do: 'recorder', hangs: false });
      await world.apply({ do: 'wait', ms: 120_000 });
      return world.simulatedMs;
    } finally {
      await world.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
