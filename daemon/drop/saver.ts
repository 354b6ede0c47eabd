/** Writes the state of the drop to the disk. */
import { withTimeout } from '../../hal/os/async.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Disk } from '../../hal/os/save-file.ts';
import type { NotSaved } from '../model/snapshot.ts';
import {
  type Alive,
  isMisleading,
  type OnDisk,
  type SavedDrop,
  writeSavedDrop,
} from './saved-drop.ts';

export interface DropSaverDeps extends ClockAndLog {
  /** What was read at the start. */
  readonly read?: SavedDrop | undefined;
  readonly disk?: Disk | undefined;
  /** Why it cannot be saved, or undefined where it can again; at each change. */
  readonly onFault: (fault: NotSaved | undefined) => void;
}

/** Saves the newest state. Never fails. */
export interface DropSaver {
  /** Writes it where something of it is new. */
  save(state: SavedDrop): void;
  /**
   * Often: once a minute it saves when the box was last known to run, and retries what failed.
   *
   * @param isUrgent The clock was set: what is saved says another time.
   */
  refresh(alive: Alive, isUrgent?: boolean): void;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
  /** Waits until the newest state is on the disk: why it is not, or undefined. */
  saved(): Promise<NotSaved | undefined>;
}

/** How exactly the end of a power failure is known: see `resumeWithinS`. */
const REFRESH_MS = 60_000;
/** While a restart would go live by itself. */
const URGENT_REFRESH_MS = 2_000;
/** A command is not answered later because of a disk that hangs. */
const ANSWER_MS = 10_000;

export function openDropSaver(path: string, deps: DropSaverDeps): DropSaver {
  const saver = new Saver(path, deps);
  return {
    save: (state) => saver.save(state),
    refresh: (alive, isUrgent = false) => saver.refresh(alive, isUrgent),
    settled: () => saver.settled(),
    saved: () => saver.saved(),
  };
}

/** Writes one state at a time; those that a newer one overtakes are left out. */
class Saver {
  readonly #path: string;
  readonly #deps: DropSaverDeps;
  #fault: NotSaved | undefined;
  #onDisk: OnDisk;
  /** What of the last state would make a newer one worth writing. */
  #key = '';
  #next: SavedDrop | undefined;
  #last: SavedDrop | undefined;
  #writing: Promise<void> | undefined;
  #refreshedMs: number;

  constructor(path: string, deps: DropSaverDeps) {
    this.#path = path;
    this.#deps = deps;
    this.#onDisk = [deps.read];
    this.#refreshedMs = deps.clock.monotonicMs();
  }

  save(state: SavedDrop): void {
    const key = JSON.stringify([state.live, state.lastDropId]);
    if (key === this.#key) return;
    this.#key = key;
    this.#put(state);
  }

  refresh(alive: Alive, isUrgent: boolean): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const everyMs = this.#fault?.goesLive === true ? URGENT_REFRESH_MS : REFRESH_MS;
    if (nowMs - this.#refreshedMs < everyMs && !isUrgent) return;
    this.#refreshedMs = nowMs;
    const last = this.#last;
    if (last !== undefined && (last.live !== null || this.#fault !== undefined)) {
      this.#put({ ...last, ...alive });
    }
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  async saved(): Promise<NotSaved | undefined> {
    const { clock } = this.#deps;
    const timeoutError = () => new Error('the disk does not answer');
    try {
      await withTimeout(() => this.settled(), { clock, timeoutMs: ANSWER_MS, timeoutError });
      return this.#fault;
    } catch (error) {
      return this.#faultOf((error as Error).message);
    }
  }

  #put(state: SavedDrop): void {
    this.#last = state;
    this.#next = state;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    for (let state = this.#next; state !== undefined; state = this.#next) {
      this.#next = undefined;
      const written = await writeSavedDrop(this.#path, state, this.#onDisk, this.#deps.disk);
      this.#onDisk = written.onDisk;
      this.#setFault(written.reason === undefined ? undefined : this.#faultOf(written.reason));
    }
    this.#writing = undefined;
  }

  #faultOf(reason: string): NotSaved {
    const last = this.#last;
    const goesLive = last !== undefined && this.#onDisk.some((one) => isMisleading(one, last));
    return { reason, goesLive };
  }

  #setFault(fault: NotSaved | undefined): void {
    const before = this.#fault;
    if (fault?.reason === before?.reason && fault?.goesLive === before?.goesLive) return;
    this.#fault = fault;
    const { log, onFault } = this.#deps;
    if (fault === undefined) log.info('state saved again', { path: this.#path });
    else log.error('state not saved', { path: this.#path, ...fault });
    onFault(fault);
  }
}
