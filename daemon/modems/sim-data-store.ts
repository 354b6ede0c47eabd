/** Saves what each SIM has carried this month in the state folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModemState } from '../../hal/modem/port.ts';
import { type Clock, openBootClock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { modemKeyOf } from './reset-attempts.ts';
import { noteSimData, parseSimData } from './sim-data.ts';

/** A file written more often wears an SD card; only a power cut forgets so much. */
const SAVE_EVERY_MS = 60_000;

export interface SimDataStore extends AsyncDisposable {
  note(modems: readonly ModemState[]): Promise<void>;
  /** The month that is counted, for example `2026-11`. */
  readonly month: string;
  /** Bytes in both directions this month; undefined where its interface does not count. */
  usedOf(modem: ModemState): number | undefined;
}

export async function openSimData(
  stateFolder: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  { bootId } = openBootClock(),
): Promise<SimDataStore> {
  const path = join(stateFolder, 'sim-data.json');
  let data = parseSimData(await readFile(path, 'utf8').catch(() => ''), bootId, clock.wallMs());
  let saved = JSON.stringify(data);
  let savedMs = clock.monotonicMs();
  const save = async () => {
    savedMs = clock.monotonicMs();
    const text = JSON.stringify(data);
    if (text === saved) return;
    saved = text;
    await saveFile(path, text).catch((error: unknown) => {
      log.warn('SIM data use not saved', { path, reason: messageOf(error) });
    });
  };
  return {
    get month() {
      return data.month;
    },
    note: async (modems) => {
      data = noteSimData(data, modems, clock.wallMs());
      if (clock.monotonicMs() - savedMs >= SAVE_EVERY_MS) await save();
    },
    usedOf: (modem) => data.modems[modemKeyOf(modem)]?.bytes,
    [Symbol.asyncDispose]: save,
  };
}
