/** Which clients may have a file sent to them: each is an open descriptor and a chunk in memory. */
import type { Connection, Owned } from './clients/connection.ts';

/** A page plays one file and reads the index of another. */
const PER_CONNECTION_MAX = 4;
const TOTAL_MAX = 512;

/** One file on its way to a client. */
export class FileSlot implements Owned {
  readonly connection: Connection;
  readonly #sinceMs: number;
  readonly #drop: () => void;
  #bytes = 0;

  constructor(connection: Connection, sinceMs: number, drop: () => void) {
    this.connection = connection;
    this.#sinceMs = sinceMs;
    this.#drop = drop;
  }

  addSent(bytes: number, nowMs: number): void {
    this.#bytes += bytes;
    this.connection.activeMs = nowMs;
  }

  /** Bytes per ms. */
  paceAt(nowMs: number): number {
    return this.#bytes / Math.max(1, nowMs - this.#sinceMs);
  }

  end(): void {
    this.#drop();
  }
}

/**
 * Limited for a connection and in total. Where all slots are taken, the slowest file of the
 * address that has most ends in favour of an address that has fewer.
 */
export class FileSlots {
  readonly #slots = new Set<FileSlot>();

  /**
   * @param drop Ends the reply early.
   * @returns undefined where the client has to try again later.
   */
  take(connection: Connection, nowMs: number, drop: () => void): FileSlot | undefined {
    if (connection.owned.size >= PER_CONNECTION_MAX) return undefined;
    if (this.#slots.size >= TOTAL_MAX && !this.#makeRoom(connection, nowMs)) return undefined;
    const slot = new FileSlot(connection, nowMs, drop);
    connection.owned.add(slot);
    this.#slots.add(slot);
    return slot;
  }

  release(slot: FileSlot): void {
    slot.connection.owned.delete(slot);
    this.#slots.delete(slot);
  }

  #makeRoom({ address }: Connection, nowMs: number): boolean {
    const byAddress = new Map<object, FileSlot[]>();
    for (const slot of this.#slots) {
      const slots = byAddress.get(slot.connection.address) ?? [];
      byAddress.set(slot.connection.address, slots);
      slots.push(slot);
    }
    const own = byAddress.get(address)?.length ?? 0;
    const [most = []] = [...byAddress.values()].sort((a, b) => b.length - a.length);
    if (most.length <= own + 1) return false;
    const [slowest] = most.sort((a, b) => a.paceAt(nowMs) - b.paceAt(nowMs));
    if (slowest === undefined) return false;
    this.release(slowest);
    slowest.end();
    return true;
  }
}
