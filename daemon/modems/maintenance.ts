/** Maintains the modems: SIM PINs, resets, data use. */
import type { Modems } from '../../hal/modem/port.ts';
import { pause } from '../../hal/os/async.ts';
import { isAbort } from '../../hal/os/clock.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { DataUseStore } from '../media/data-use-store.ts';
import { wantedLinks } from '../media/uplink-settings.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { BoxSnapshot, ModemMaintenance } from '../model/snapshot.ts';
import { plannedLinkOf } from './link-state.ts';
import { openPinEntry } from './pin-entry.ts';
import { openResetter } from './reset.ts';
import { modemKeyOf } from './reset-attempts.ts';
import { openSimData } from './sim-data-store.ts';

const POLL_MS = 1_000;

export interface MaintenanceDeps extends ClockAndLog {
  readonly config: Pick<Config, 'modems' | 'uplink'>;
  readonly modems: Pick<Modems, 'act' | 'canPower' | 'sendPin'>;
  readonly snapshot: () => Pick<BoxSnapshot, 'modems' | 'uplink' | 'children' | 'system'>;
  /** A budget counts all that its SIM carries. */
  readonly dataUse: Pick<DataUseStore, 'noteSim'>;
  readonly stateFolder: string;
  readonly onMaintenance: (care: readonly ModemMaintenance[]) => void;
  /** `modem.reset`, for each reset. */
  readonly onEvent: (event: BoxEvent) => void;
}

/** Sends PINs, resets lost modems and counts data, until `signal` aborts. Never fails. */
export async function maintainModems(deps: MaintenanceDeps, signal: AbortSignal): Promise<void> {
  const { config, snapshot, onMaintenance, clock, log } = deps;
  const pins = openPinEntry({ ...deps, files: config.modems.pin_files });
  const planned = config.uplink === undefined ? [] : wantedLinks(config.uplink, {});
  const isDirect = config.modems.driver === 'at';
  await using data = openSimData(deps.stateFolder, deps);
  const resetter = config.modems.reset ? openResetter({ ...deps, planned, isDirect }) : undefined;
  const poll = async () => {
    const box = snapshot();
    const known = box.modems.phase === 'known' ? box.modems.modems : [];
    // A disk that hangs keeps no modem from its reset.
    void data.note(known);
    const pinFaults = await pins.poll(known, signal);
    const resets = await resetter?.poll(box, signal);
    onMaintenance(
      known.map((modem) => {
        const pin = pinFaults.get(modem.id);
        const reset = resets?.get(modemKeyOf(modem));
        const usedBytes = data.usedOf(modem);
        const link = plannedLinkOf(modem, planned, box.uplink);
        if (link !== undefined && usedBytes !== undefined) {
          deps.dataUse.noteSim(link.id, usedBytes, data.month);
        }
        return {
          id: modem.id,
          model: modem.model,
          ...(pin === undefined ? {} : { pin }),
          ...(reset === undefined ? {} : { reset }),
          ...(usedBytes === undefined ? {} : { usedBytes }),
          ...(link === undefined ? {} : { link: link.id }),
          ...(link?.budgetBytes === undefined ? {} : { budgetBytes: link.budgetBytes }),
        };
      }),
    );
  };
  while (!signal.aborted) {
    try {
      await poll();
    } catch (error) {
      if (isAbort(error, signal)) return;
      log.warn('modem maintenance failed', { reason: messageOf(error) });
    }
    await pause(clock, POLL_MS, signal);
  }
}
