import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { type SavedDrop, writeSavedDrop } from './saved-drop.ts';

export interface DropSaverDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Why it is not on the disk, or undefined where it is again; at each change. */
  readonly onFault: (reason: string | undefined) => void;
}

/** Keeps the newest state on the disk, whatever comes in between. Never fails. */
export interface DropSaver {
  /** Writes it where something of it is new. */
  save(kept: SavedDrop): void;
  /** Once in a minute: says when the box was last known to live, and tries again what failed. */
  refresh(alive: Pick<SavedDrop, 'aliveMs' | 'isClockSet'>): void;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** How exactly the end of a power failure is known: see `resumeWithinS`. */
const BEAT_EVERY_MS = 60_000;

/** Writes one state at a time; those that a newer one overtakes are left out. */
export function openDropSaver(path: string, { clock, log, onFault }: DropSaverDeps): DropSaver {
  let trouble: string | undefined;
  let asked = '';
  let next: SavedDrop | undefined;
  let last: SavedDrop | undefined;
  let writing: Promise<void> | undefined;
  let beatMs = clock.monotonicMs();

  const setTrouble = (reason: string | undefined) => {
    if (reason === trouble) return;
    trouble = reason;
    if (reason === undefined) log.info('state kept again', { path });
    else log.error('state not kept', { path, reason });
    onFault(reason);
  };
  const write = async () => {
    for (let kept = next; kept !== undefined; kept = next) {
      next = undefined;
      try {
        await writeSavedDrop(path, kept);
        setTrouble(undefined);
      } catch (error) {
        setTrouble(messageOf(error));
      }
    }
    writing = undefined;
  };
  const put = (kept: SavedDrop) => {
    last = kept;
    next = kept;
    writing ??= write();
  };

  return {
    save: (kept) => {
      const key = JSON.stringify([kept.live, kept.lastDropId]);
      if (key === asked) return;
      asked = key;
      put(kept);
    },
    refresh: (alive) => {
      if (clock.monotonicMs() - beatMs < BEAT_EVERY_MS) return;
      beatMs = clock.monotonicMs();
      if (last !== undefined && (last.live !== null || trouble !== undefined)) {
        put({ ...last, ...alive });
      }
    },
    settled: async () => {
      await writing;
    },
  };
}
