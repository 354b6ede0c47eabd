/** So many at once, and so many more that wait for a place, in order. */
export class Places {
  readonly #most: number;
  readonly #waitingMost: number;
  #taken = 0;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(most: number, waitingMost: number) {
    this.#most = most;
    this.#waitingMost = waitingMost;
  }

  get isFree(): boolean {
    return this.#taken < this.#most && this.#waiting.length === 0;
  }

  /** False where too many wait, or when it was closed meanwhile. */
  async take(): Promise<boolean> {
    if (this.#isClosed || this.#waiting.length >= this.#waitingMost) return false;
    if (!this.isFree) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
    return !this.#isClosed;
  }

  /** The place goes to who waited longest. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }

  close(): void {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
