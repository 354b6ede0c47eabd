/** Those who use the box's own hotspot: it is not closed under them. */
import type { Clock } from '../../hal/os/clock.ts';

/** The two addresses of a connection. */
export interface Ends {
  readonly local: string;
  readonly remote: string;
}

/** Its addresses are 254. */
const CLIENTS_MAX = 254;

export class HotspotClients {
  readonly #address: string;
  readonly #clock: Clock;
  readonly #isOpen: () => boolean;
  readonly #released = new Set<string>();
  readonly #pages = new Set<object>();
  #usedMs: number | undefined;

  /** @param address Of the box on it. */
  constructor(address: string, clock: Clock, isOpen: () => boolean) {
    this.#address = address;
    this.#clock = clock;
    this.#isOpen = isOpen;
  }

  /** By the monotonic clock. Not by what the portal is asked: phones and their apps ask all night. */
  get usedMs(): number | undefined {
    return this.#usedMs;
  }

  /** A page with a session gets its events over it. */
  get hasPage(): boolean {
    return this.#pages.size > 0;
  }

  /** Whether a request of the page comes over it: who knows its password holds the label in hand. */
  use(ends: Ends): boolean {
    const isOver = this.#isOver(ends);
    if (isOver) this.#usedMs = this.#clock.monotonicMs();
    return this.#isOpen() && isOver;
  }

  /** @param page Its event stream. */
  follow(ends: Ends, page: { once(event: 'close', listener: () => void): unknown }): void {
    if (!this.use(ends)) return;
    this.#pages.add(page);
    page.once('close', () => {
      this.#pages.delete(page);
      this.use(ends);
    });
  }

  /** The phone gets the answers that keep it on this network. */
  release(ends: Ends): void {
    if (!this.#isOver(ends)) return;
    if (this.#released.size >= CLIENTS_MAX) this.#released.clear();
    this.#released.add(ends.remote);
  }

  /** Whether it needs the portal no more. */
  readonly hasSeen = (client: string): boolean => this.#released.has(client);

  /** The next hotspot has others. */
  forget(): void {
    this.#released.clear();
    this.#usedMs = undefined;
  }

  #isOver({ local, remote }: Ends): boolean {
    return local === this.#address && remote.startsWith(this.#address.replace(/\d+$/, ''));
  }
}
