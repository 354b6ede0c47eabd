/** The window's opening on the disk. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { BootClock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import {
  elapsedMs,
  type Opening,
  openWindow,
  refreshed,
  type WindowState,
  windowOf,
} from './window.ts';

/** Drops whose opening is remembered: a second start of one of them does not open it again. */
const OPENINGS_MAX = 50;
/** A power cut gives buyers at most so much more. */
const SAVE_EVERY_MS = 5_000;

const stored = v.array(
  v.object({ drop: v.string(), bootId: v.string(), openedMs: v.number(), elapsedMs: v.number() }),
);

export class WindowStore {
  readonly #path: string;
  readonly #boot: BootClock;
  readonly #log: Log;
  #openings: readonly Opening[];
  #savedMs = 0;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, boot: BootClock, log: Log, openings: readonly Opening[]) {
    this.#path = path;
    this.#boot = boot;
    this.#log = log;
    this.#openings = openings.map((one) => refreshed(one, this.#now()));
  }

  static async open(path: string, boot: BootClock, log: Log): Promise<WindowStore> {
    const text = await readFile(path, 'utf8').catch(() => '[]');
    return new WindowStore(path, boot, log, parse(text, log));
  }

  /** The first frame of a drop is on air. It opens once. */
  async begin(drop: string): Promise<void> {
    if (this.#openings.some((one) => one.drop === drop)) return;
    this.#openings = [...this.#openings, openWindow(drop, this.#now())].slice(-OPENINGS_MAX);
    await this.#save();
  }

  state(drop: string, lengthMs: number): WindowState {
    return windowOf(this.#find(drop), drop, lengthMs, this.#now());
  }

  /** Often: saves how long it has been open. */
  async refresh(drop: string, lengthMs: number): Promise<void> {
    const opening = this.#find(drop);
    const now = this.#now();
    if (opening === undefined || now.sinceBootMs - this.#savedMs < SAVE_EVERY_MS) return;
    // Once it is over it stays so.
    if (opening.elapsedMs >= lengthMs || elapsedMs(opening, now) === opening.elapsedMs) return;
    const others = this.#openings.filter((one) => one !== opening);
    this.#openings = [...others, refreshed(opening, now)];
    await this.#save();
  }

  #find(drop: string): Opening | undefined {
    return this.#openings.find((one) => one.drop === drop);
  }

  #now() {
    return { bootId: this.#boot.bootId, sinceBootMs: this.#boot.sinceBootMs() };
  }

  async #save(): Promise<void> {
    this.#savedMs = this.#boot.sinceBootMs();
    const text = JSON.stringify(this.#openings);
    this.#saving = this.#saving.then(async () => {
      try {
        await saveFile(this.#path, text);
      } catch (error) {
        this.#log.error('start of the drop not saved', { reason: messageOf(error) });
      }
    });
    await this.#saving;
  }
}

function parse(text: string, log: Log): readonly Opening[] {
  try {
    return v.parse(stored, JSON.parse(text));
  } catch (error) {
    log.error('start of the drop not readable', { reason: messageOf(error) });
    return [];
  }
}
