/** Writes the state of the drop to the disk. */
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { type SavedDrop, writeSavedDrop } from './saved-drop.ts';

export interface DropSaverDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Why it cannot be saved, or undefined where it can again; at each change. */
  readonly onFault: (reason: string | undefined) => void;
}

/** Saves the newest state. Never fails. */
export interface DropSaver {
  /** Writes it where something of it is new. */
  save(state: SavedDrop): void;
  /** Once a minute: saves when the box was last known to run, and retries what failed. */
  refresh(alive: Pick<SavedDrop, 'aliveMs' | 'isClockSet'>): void;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** How exactly the end of a power failure is known: see `resumeWithinS`. */
const REFRESH_MS = 60_000;

/** Writes one state at a time; those that a newer one overtakes are left out. */
export function openDropSaver(path: string, { clock, log, onFault }: DropSaverDeps): DropSaver {
  const saver: {
    fault?: string | undefined;
    /** What of the last state would make a newer one worth writing. */
    key: string;
    next?: SavedDrop | undefined;
    last?: SavedDrop;
    writing?: Promise<void> | undefined;
    refreshedMs: number;
  } = { key: '', refreshedMs: clock.monotonicMs() };

  const setFault = (reason: string | undefined) => {
    if (reason === saver.fault) return;
    saver.fault = reason;
    if (reason === undefined) log.info('state saved again', { path });
    else log.error('state not saved', { path, reason });
    onFault(reason);
  };
  const write = async () => {
    for (let state = saver.next; state !== undefined; state = saver.next) {
      saver.next = undefined;
      const failed = await writeSavedDrop(path, state).then(() => undefined, messageOf);
      setFault(failed);
    }
    saver.writing = undefined;
  };
  const put = (state: SavedDrop) => {
    saver.last = state;
    saver.next = state;
    saver.writing ??= write();
  };

  return {
    save: (state) => {
      const key = JSON.stringify([state.live, state.lastDropId]);
      if (key === saver.key) return;
      saver.key = key;
      put(state);
    },
    refresh: (alive) => {
      if (clock.monotonicMs() - saver.refreshedMs < REFRESH_MS) return;
      saver.refreshedMs = clock.monotonicMs();
      const { last, fault } = saver;
      if (last !== undefined && (last.live !== null || fault !== undefined)) {
        put({ ...last, ...alive });
      }
    },
    settled: async () => {
      await saver.writing;
    },
  };
}
