/** A semaphore with a bounded queue. */
export class Slots {
  readonly #max: number;
  readonly #waitingMax: number;
  #taken = 0;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(max: number, waitingMax: number) {
    this.#max = max;
    this.#waitingMax = waitingMax;
  }

  get isFree(): boolean {
    return this.#taken < this.#max && this.#waiting.length === 0;
  }

  /** False when too many wait, or after `close`. */
  async acquire(): Promise<boolean> {
    if (this.#isClosed || this.#waiting.length >= this.#waitingMax) return false;
    if (!this.isFree) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
    return !this.#isClosed;
  }

  /** The slot goes to the one that has waited longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  close(): void {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
