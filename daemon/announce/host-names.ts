/** Keeps each of the box's names known as `<name>.local` on each interface: one that fails or is lost is tried again. */
import type { Announcement } from '../../hal/os/avahi.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type ClockAndLog, type Log, messageOf } from '../../hal/os/log.ts';

/** A try takes a second for each name that another machine has. */
const RETRY_MS = 10_000;

interface Shown {
  /** The addresses that were last published or tried. */
  readonly text: string;
  /** The name it got, or why it got none. */
  readonly host: string;
  readonly isHeld: boolean;
  readonly atMs: number;
}

export class HostNames {
  readonly #announcement: Pick<Announcement, 'host' | 'hasLost'>;
  readonly #names: readonly string[];
  readonly #clock: Clock;
  readonly #log: Log;
  /** All that had an address at some time. */
  readonly #devices = new Set<string>();
  readonly #shown = new Map<string, Shown>();

  constructor(
    announcement: Pick<Announcement, 'host' | 'hasLost'>,
    names: readonly string[],
    { clock, log }: ClockAndLog,
  ) {
    this.#announcement = announcement;
    this.#names = names;
    this.#clock = clock;
    this.#log = log;
  }

  /** @param found Addresses of each interface. Rejects when avahi is gone. */
  async follow(found: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const device of found.keys()) this.#devices.add(device);
    for (const device of this.#devices) {
      const addresses = found.get(device) ?? [];
      await Promise.all(this.#names.map((name) => this.#publish(name, device, addresses)));
    }
  }

  async #publish(name: string, device: string, addresses: readonly string[]): Promise<void> {
    const key = `${name} ${device}`;
    const before = this.#shown.get(key);
    const text = JSON.stringify(addresses);
    if (before?.text === text && (await this.#isDone(name, device, before))) return;
    let isHeld = true;
    // Without it the box is still found by its services.
    const host = await this.#announcement.host(name, device, addresses).catch((error: unknown) => {
      isHeld = false;
      return messageOf(error);
    });
    this.#shown.set(key, { text, host, isHeld, atMs: this.#clock.monotonicMs() });
    if (before?.host === host && before.text === text) return;
    this.#log.info('name on the network', { host, device, addresses });
  }

  async #isDone(name: string, device: string, { atMs, isHeld }: Shown): Promise<boolean> {
    if (this.#clock.monotonicMs() < atMs + RETRY_MS) return true;
    return isHeld && !(await this.#announcement.hasLost(name, device));
  }
}
