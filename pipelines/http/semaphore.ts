/** Limits how many slots are in use at once. */

/** The limit of one key: an address, a connection, or all. */
export type SlotLimit = readonly [key: unknown, max: number];

export class Semaphore {
  readonly #taken = new Map<unknown, number>();

  /** Takes a slot of each key. Returns how to release them; undefined where a key has none left. */
  take(limits: readonly SlotLimit[]): (() => void) | undefined {
    if (limits.some(([key, max]) => (this.#taken.get(key) ?? 0) >= max)) return undefined;
    for (const [key] of limits) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      for (const [key] of limits) {
        const left = (this.#taken.get(key) ?? 1) - 1;
        if (left > 0) this.#taken.set(key, left);
        else this.#taken.delete(key);
      }
    };
  }
}
