/** Saves what each SIM has carried this month in the state folder. */
import { join } from 'node:path';
import type { ModemState } from '../../hal/modem/port.ts';
import { openBootClock } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { openSaved } from '../../hal/os/state/saved.ts';
import { modemKeyOf } from './reset-attempts.ts';
import { noteSimData, resumeSimData, simDataSchema } from './sim-data.ts';

/** A file written more often wears an SD card; only a power cut forgets so much. */
const SAVE_EVERY_MS = 60_000;

export interface SimDataStore extends AsyncDisposable {
  /** Resolves when what was due to be saved has been tried; never rejects. */
  note(modems: readonly ModemState[]): Promise<void>;
  /** The month that is counted, for example `2026-11`. */
  readonly month: string;
  /** Bytes in both directions this month; undefined where its interface does not count. */
  usedOf(modem: ModemState): number | undefined;
}

export function openSimData(
  stateFolder: string,
  { clock, log }: ClockAndLog,
  { bootId } = openBootClock(),
): SimDataStore {
  const path = join(stateFolder, 'sim-data.json');
  const saved = openSaved(path, simDataSchema, { what: 'SIM data use', log });
  let data = resumeSimData(saved.value, bootId, clock.wallMs());
  let savedMs = clock.monotonicMs();
  return {
    get month() {
      return data.month;
    },
    note: (modems) => {
      data = noteSimData(data, modems, clock.wallMs());
      if (clock.monotonicMs() - savedMs < SAVE_EVERY_MS) return Promise.resolve();
      savedMs = clock.monotonicMs();
      return saved.save(data);
    },
    usedOf: (modem) => data.modems[modemKeyOf(modem)]?.bytes,
    [Symbol.asyncDispose]: () => saved.save(data),
  };
}
