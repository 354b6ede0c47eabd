import { type Clock, isAbort } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { BoxState } from '../model/state-store.ts';
import type { Devices } from './devices.ts';

const SYSTEM_EVERY_MS = 5_000;
const PRINTER_EVERY_MS = 10_000;
/** As often as the panel drives its lamps. */
const LAMPS_EVERY_MS = 250;

/** Reads printer, modems and computer into the box's state until `signal` aborts. Never fails. */
export async function followDevices(
  { printer, modems, system, hand }: Devices,
  state: BoxState,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const every = (ms: number, look: () => Promise<void>) => async (both: AbortSignal) => {
    while (!both.aborted) {
      try {
        await look();
      } catch (error) {
        if (both.aborted) return;
        log.warn('device not read', { reason: messageOf(error) });
      }
      await clock.sleep(ms, both).catch((error: unknown) => {
        if (!isAbort(error, both)) throw error;
      });
    }
  };
  await runAll(
    [
      every(SYSTEM_EVERY_MS, async () => state.set({ system: await system.read(signal) })),
      every(PRINTER_EVERY_MS, async () => state.set({ printer: await printer.status(signal) })),
      ...(hand === undefined
        ? []
        : [every(LAMPS_EVERY_MS, async () => hand.show(state.snapshot()))]),
      async (both) => {
        for await (const known of modems.changes(both)) state.set({ modems: known });
      },
    ],
    signal,
  );
}
