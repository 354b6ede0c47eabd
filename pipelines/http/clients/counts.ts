/** How many there are of each. */

export class Counts {
  readonly #counts = new Map<string, number>();

  /** Those at zero are forgotten. */
  add(key: string, by: 1 | -1): void {
    const count = this.of(key) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Of which there are most; undefined where there are none. */
  get most(): string | undefined {
    return [...this.#counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  }
}
