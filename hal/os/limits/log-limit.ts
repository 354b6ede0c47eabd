/** How often is logged what strangers cause as often as they like: they do not fill the journal. Pure. */

const EVERY_MS = 10_000;

export class LogLimit {
  readonly #nowMs: () => number;
  #count = 0;
  #loggedMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs Of a clock that never steps. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** One more. Returns how many there were, where it is to be logged: the first of each ten seconds. */
  count(): number | undefined {
    this.#count += 1;
    const nowMs = this.#nowMs();
    if (nowMs - this.#loggedMs < EVERY_MS) return undefined;
    const count = this.#count;
    this.#count = 0;
    this.#loggedMs = nowMs;
    return count;
  }
}
