/** The config that the box runs with: settings that need no restart of the box change in it. */
import { anySignal, Condition } from '../../hal/os/async.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import type { Part } from './needs.ts';

export class LiveConfig {
  #current: Config;
  readonly #changed = new Condition();
  readonly #restarted = new Map<Part, Condition>();

  constructor(config: Config) {
    this.#current = config;
  }

  get drop(): Config['drop'] {
    return this.#current.drop;
  }

  get printer(): Config['printer'] {
    return this.#current.printer;
  }

  readonly current = (): Config => this.#current;

  /** Puts a config in force, and restarts the parts that read theirs when they are opened. */
  change(config: Config, parts: ReadonlySet<Part>): void {
    this.#current = config;
    this.#changed.notifyAll();
    for (const part of parts) this.#restarted.get(part)?.notifyAll();
  }

  /** Resolves at the next change, or when `signal` aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    await this.#changed.wait(signal);
  }

  /** A part of the box, as a task that is restarted with each of its settings. */
  part(part: Part, open: (config: Config) => Task): Task {
    const restarted = new Condition();
    this.#restarted.set(part, restarted);
    return async (signal) => {
      while (!signal.aborted) {
        const restart = new AbortController();
        using ends = anySignal(signal, restart.signal);
        const waiting = restarted.wait(ends.signal).then(() => restart.abort());
        try {
          await open(this.#current)(ends.signal);
        } catch (error) {
          // What it leaves behind when it is aborted is no failure.
          if (!restart.signal.aborted) throw error;
        }
        if (!restart.signal.aborted) return restart.abort();
        await waiting;
      }
    };
  }
}
