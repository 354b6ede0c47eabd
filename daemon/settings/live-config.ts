/** The config that the box runs with: settings that need no restart of the box change in it. */
import { anySignal, Condition, pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { errnoOf } from '../../hal/os/errors.ts';
import { type ClockAndLog, type Log, messageOf } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import type { LoadedSettings, SettingsWarning } from './load.ts';
import type { Part } from './needs.ts';

/** So long a server may take to leave its port: recorders and uploads end with it. */
const LEAVING_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** Of several parts that one change restarts, none keeps another from it. */
export class LiveConfig {
  #given: Config;
  #current: Config;
  readonly #completed: (config: Config) => Config;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Of the start, as long as they hold. */
  #warnings: readonly SettingsWarning[];
  readonly #changed = new Condition();
  readonly #restarts = new Map<Part, () => void>();
  readonly #faults = new Map<Part, string>();

  /** @param completed Adds what no setting says: the uplink of the demo, the broker in the box. */
  constructor(
    loaded: Pick<LoadedSettings, 'config'> & Partial<Pick<LoadedSettings, 'warnings'>>,
    { clock, log }: ClockAndLog,
    completed: (config: Config) => Config = (same) => same,
  ) {
    this.#warnings = loaded.warnings ?? [];
    this.#given = loaded.config;
    this.#completed = completed;
    this.#current = completed(loaded.config);
    this.#clock = clock;
    this.#log = log;
  }

  get drop(): Config['drop'] {
    return this.#current.drop;
  }

  get printer(): Config['printer'] {
    return this.#current.printer;
  }

  readonly current = (): Config => this.#current;

  /** As file and settings say it. */
  readonly given = (): Config => this.#given;

  /** Why the box, or a part of it, does not run with what was saved last. */
  readonly fault = (): string | undefined => this.partFault() ?? this.warning();

  /** Why a part of it does not run with them: what was wrong at the start says nothing of that. */
  readonly partFault = (): string | undefined => [...this.#faults.values()][0];

  /** Why it did not start with them; undefined where a person has settled all of that. */
  readonly warning = (): string | undefined =>
    this.#warnings.length === 0 ? undefined : this.#warnings.map(({ text }) => text).join('. ');

  /** A person has saved settings. @param paths What was set, or taken away; undefined for all. */
  saved(paths: readonly string[] | undefined): void {
    this.#warnings = this.#warnings.flatMap((one) => {
      if (one.until === 'restart') return [one];
      if (one.until === 'saved' || paths === undefined) return [];
      const until = one.until.filter((path) => !paths.includes(path));
      return until.length === 0 ? [] : [{ ...one, until }];
    });
  }

  /** A part runs without something that was saved: undefined once it has all of it. */
  lacks(part: Part, reason: string | undefined): void {
    if (reason === undefined) this.#faults.delete(part);
    else this.#faults.set(part, reason);
  }

  /** Puts a config in force, and restarts the parts that read theirs when they are opened. */
  change(config: Config, parts: ReadonlySet<Part>): void {
    this.#given = config;
    this.#current = this.#completed(config);
    this.#changed.notifyAll();
    for (const part of parts) this.#restarts.get(part)?.();
  }

  /** Resolves at the next change, or when `signal` aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    await this.#changed.wait(signal);
  }

  /** Calls this for a change of what the part is opened with. */
  follow(part: Part, restart: () => void): void {
    this.#restarts.set(part, restart);
  }

  /**
   * A part of the box, as a task that is restarted with each of its settings. One that fails with
   * new settings waits for others: the rest of the box goes on.
   */
  part(part: Part, open: (config: Config) => Task): Task {
    const restarted = new Condition();
    this.follow(part, () => restarted.notifyAll());
    return async (signal) => {
      const first = this.#current;
      while (!signal.aborted) {
        const restart = new AbortController();
        using ends = anySignal(signal, restart.signal);
        const waiting = restarted.wait(ends.signal).then(() => restart.abort());
        const config = this.#current;
        try {
          const task = open(config);
          await (config === first ? task(ends.signal) : onceLeft(task, this.#clock)(ends.signal));
          // One that has nothing to do does not do it again and again.
          await waiting;
        } catch (error) {
          // What it leaves behind when it is aborted is no failure.
          if (!restart.signal.aborted && (config === first || signal.aborted)) {
            restart.abort();
            throw error;
          }
          if (!restart.signal.aborted) this.#failed(part, error);
          await waiting;
        }
        this.#faults.delete(part);
      }
    };
  }

  #failed(part: Part, error: unknown): void {
    const reason = `${part} does not run with the last settings: ${messageOf(error)}`;
    this.#log.error('settings cannot be used', { part, reason: messageOf(error) });
    this.#faults.set(part, reason);
  }
}

/** The same task, which waits while another server of the box is about to leave its port, as in a swap. */
export function onceLeft(task: Task, clock: Clock): Task {
  return async (signal) => {
    const sinceMs = clock.monotonicMs();
    for (;;) {
      try {
        return await task(signal);
      } catch (error) {
        const isLate = clock.monotonicMs() - sinceMs > LEAVING_MS;
        if (errnoOf(error) !== 'PORT_TAKEN' || isLate) throw error;
        if (!(await pause(clock, LOOK_EVERY_MS, signal))) throw error;
      }
    }
  };
}
