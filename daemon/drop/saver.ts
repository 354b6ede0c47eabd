import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { type Kept, writeKept } from './saved-drop.ts';

export interface KeeperDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Why it is not on the disk, or undefined where it is again; at each change. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** Keeps the newest state on the disk, whatever comes in between. Never fails. */
export interface Keeper {
  /** Writes it where something of it is new. */
  keep(kept: Kept): void;
  /** Once in a minute: says when the box was last known to live, and tries again what failed. */
  beat(alive: Pick<Kept, 'aliveMs' | 'isClockSet'>): void;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** How exactly the end of a power failure is known: see `resumeWithinS`. */
const BEAT_EVERY_MS = 60_000;

/** Writes one state at a time; those that a newer one overtakes are left out. */
export function openKeeper(path: string, { clock, log, onTrouble }: KeeperDeps): Keeper {
  let trouble: string | undefined;
  let asked = '';
  let next: Kept | undefined;
  let last: Kept | undefined;
  let writing: Promise<void> | undefined;
  let beatMs = clock.monotonicMs();

  const setTrouble = (reason: string | undefined) => {
    if (reason === trouble) return;
    trouble = reason;
    if (reason === undefined) log.info('state kept again', { path });
    else log.error('state not kept', { path, reason });
    onTrouble(reason);
  };
  const write = async () => {
    for (let kept = next; kept !== undefined; kept = next) {
      next = undefined;
      try {
        await writeKept(path, kept);
        setTrouble(undefined);
      } catch (error) {
        setTrouble(messageOf(error));
      }
    }
    writing = undefined;
  };
  const put = (kept: Kept) => {
    last = kept;
    next = kept;
    writing ??= write();
  };

  return {
    keep: (kept) => {
      const key = JSON.stringify([kept.live, kept.lastDropId]);
      if (key === asked) return;
      asked = key;
      put(kept);
    },
    beat: (alive) => {
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
