import type { Modems } from '../../hal/modem/port.ts';
import { type Clock, isAbort } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { Config } from '../config.ts';
import type { BoxSnapshot, ModemCare } from '../snapshot.ts';
import { openPinKeeper } from './pin-keeper.ts';

const LOOK_EVERY_MS = 1_000;

export interface CareDeps {
  readonly config: Pick<Config, 'modems'>;
  readonly modems: Pick<Modems, 'sendPin'>;
  readonly snapshot: () => Pick<BoxSnapshot, 'modems'>;
  readonly stateFolder: string;
  readonly onCare: (care: readonly ModemCare[]) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sees to the modems until `signal` aborts: gives their SIMs the PIN. Never fails. */
export async function careForModems(deps: CareDeps, signal: AbortSignal): Promise<void> {
  const { config, modems, snapshot, stateFolder, onCare, clock, log } = deps;
  const files = config.modems.pin_files;
  const pins = await openPinKeeper({ modems, files, stateFolder, clock, log });
  while (!signal.aborted) {
    const known = snapshot().modems;
    if (known.phase === 'known') {
      const troubles = await pins.look(known.modems, signal);
      onCare(
        known.modems.map(({ id, model }) => {
          const pin = troubles.get(id);
          return { id, model, ...(pin === undefined ? {} : { pin }) };
        }),
      );
    } else {
      onCare([]);
    }
    try {
      await clock.sleep(LOOK_EVERY_MS, signal);
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }
}
