/** Keeps `<the box's name>.local` known on each interface: one that fails or is lost is tried again. */
import type { Announcement } from '../../hal/os/avahi.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';

/** A try takes a second for each name that another machine has. */
const RETRY_MS = 10_000;

interface Shown {
  /** The addresses that were last told or tried. */
  readonly text: string;
  /** The name it got, or why it got none. */
  readonly host: string;
  readonly isHeld: boolean;
  readonly atMs: number;
}

export class HostNames {
  readonly #announcement: Pick<Announcement, 'host' | 'hasLost'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #shown = new Map<string, Shown>();

  constructor(announcement: Pick<Announcement, 'host' | 'hasLost'>, clock: Clock, log: Log) {
    this.#announcement = announcement;
    this.#clock = clock;
    this.#log = log;
  }

  /** @param found Addresses of each interface. Rejects when avahi is gone. */
  async follow(found: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const device of new Set([...this.#shown.keys(), ...found.keys()])) {
      const addresses = found.get(device) ?? [];
      if (await this.#isDone(device, JSON.stringify(addresses))) continue;
      await this.#tell(device, addresses);
    }
  }

  async #isDone(device: string, text: string): Promise<boolean> {
    const shown = this.#shown.get(device);
    if (shown?.text !== text) return false;
    if (this.#clock.monotonicMs() < shown.atMs + RETRY_MS) return true;
    return shown.isHeld && !(await this.#announcement.hasLost(device));
  }

  async #tell(device: string, addresses: readonly string[]): Promise<void> {
    let isHeld = true;
    // Without it the box is still found by its services.
    const host = await this.#announcement.host(device, addresses).catch((error: unknown) => {
      isHeld = false;
      return messageOf(error);
    });
    const text = JSON.stringify(addresses);
    const before = this.#shown.get(device);
    this.#shown.set(device, { text, host, isHeld, atMs: this.#clock.monotonicMs() });
    if (before?.host === host && before.text === text) return;
    this.#log.info('name on the network', { host, device, addresses });
  }
}
