/** Reads printer, modems and the computer repeatedly into the state of the box. */
import { pause } from '../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { BoxState } from '../model/state-store.ts';
import type { Devices } from './devices.ts';
import { followPrinter } from './found-drivers.ts';

const SYSTEM_EVERY_MS = 5_000;
const PRINTER_EVERY_MS = 10_000;

interface FollowOs extends ClockAndLog {
  readonly live: Parameters<typeof followPrinter>[0];
}

/** Runs until `signal` aborts; never fails. */
export async function followDevices(
  { printer, modems, system }: Devices,
  state: BoxState,
  { clock, log, live }: FollowOs,
  signal: AbortSignal,
): Promise<void> {
  const every = (ms: number, read: () => Promise<void>) => async (ending: AbortSignal) => {
    while (!ending.aborted) {
      try {
        await read();
      } catch (error) {
        if (ending.aborted) return;
        log.warn('device read failed', { reason: messageOf(error) });
      }
      await pause(clock, ms, ending);
    }
  };
  await runAll(
    [
      (ending) => followPrinter(live, clock, ending),
      every(SYSTEM_EVERY_MS, async () => state.set({ system: await system.read(signal) })),
      every(PRINTER_EVERY_MS, async () => state.set({ printer: await printer.status(signal) })),
      async (ending) => {
        for await (const known of modems.changes(ending)) state.set({ modems: known });
      },
    ],
    signal,
  );
}
