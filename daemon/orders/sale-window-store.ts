/** The window's opening on the disk. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { BootClock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { openSaved, type Saved } from '../../hal/os/state/saved.ts';
import {
  elapsedMs,
  type Opening,
  openWindow,
  refreshed,
  type SaleWindowState,
  windowOf,
} from './sale-window.ts';

/** Drops whose opening is remembered: a second start of one of them does not open it again. */
const OPENINGS_MAX = 50;
/** A power cut gives buyers at most so much more. */
const SAVE_EVERY_MS = 5_000;

const stored = v.array(
  v.object({ drop: v.string(), bootId: v.string(), openedMs: v.number(), elapsedMs: v.number() }),
);

interface SaleWindowDeps {
  /** Of the orders. */
  readonly folder: string;
  readonly boot: BootClock;
  readonly log: Log;
}

export function openSaleWindow(
  { folder, boot, log }: SaleWindowDeps,
  before?: SaleWindowStore,
): SaleWindowStore {
  return new SaleWindowStore(join(folder, 'window.json'), boot, log, before);
}

export class SaleWindowStore {
  readonly #saved: Saved<readonly Opening[]>;
  readonly #boot: BootClock;
  #openings: readonly Opening[] = [];
  #savedMs = 0;

  /** @param before Of this run, where the disk could not be read: what the disk has comes first. */
  constructor(path: string, boot: BootClock, log: Log, before?: SaleWindowStore) {
    this.#saved = openSaved<readonly Opening[]>(path, stored, { what: 'start of the drop', log });
    this.#boot = boot;
    this.#fill(before === undefined ? [] : before.#openings);
  }

  #fill(others: readonly Opening[]): void {
    const onDisk = (this.#saved.value ?? []).map((one) => refreshed(one, this.#now()));
    const isNew = ({ drop }: Opening) => !onDisk.some((one) => one.drop === drop);
    this.#openings = [...onDisk, ...others.filter(isNew)];
  }

  /** What the disk did not give at the start goes on, and must not be replaced. */
  #readAgain(): void {
    if (this.#saved.value !== undefined) return;
    this.#saved.readAgain();
    this.#fill(this.#openings);
  }

  /** The first frame of a drop is on air. It opens once. */
  async begin(drop: string): Promise<void> {
    this.#readAgain();
    if (this.#openings.some((one) => one.drop === drop)) return;
    this.#openings = [...this.#openings, openWindow(drop, this.#now())].slice(-OPENINGS_MAX);
    await this.#save();
  }

  state(drop: string, lengthMs: number): SaleWindowState {
    return windowOf(this.#find(drop), drop, lengthMs, this.#now());
  }

  /** Often: saves how long it has been open. */
  async refresh(drop: string, lengthMs: number): Promise<void> {
    this.#readAgain();
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
    await this.#saved.save(this.#openings);
  }
}
