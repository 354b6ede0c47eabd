/** How many of something may be out at once, of one kind each: an address, a connection, all. */
export type SlotLimit = readonly [kind: unknown, max: number];

/** Things that are few, and go back when they have been used. */
export class Semaphore {
  readonly #taken = new Map<unknown, number>();

  /** @returns how to give it back, once; undefined where one of the kinds has no seat left. */
  take(limits: readonly SlotLimit[]): (() => void) | undefined {
    if (limits.some(([kind, max]) => (this.#taken.get(kind) ?? 0) >= max)) return undefined;
    for (const [kind] of limits) this.#taken.set(kind, (this.#taken.get(kind) ?? 0) + 1);
    let isOut = true;
    return () => {
      if (!isOut) return;
      isOut = false;
      for (const [kind] of limits) {
        const left = (this.#taken.get(kind) ?? 1) - 1;
        if (left > 0) this.#taken.set(kind, left);
        else this.#taken.delete(kind);
      }
    };
  }
}
