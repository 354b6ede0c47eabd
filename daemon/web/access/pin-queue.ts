/**
 * PINs that wait for their check, one at a time: each takes 32 MiB and a tenth of a second
 * of one core. Clients without wrong PINs go before those that have some.
 */
interface Waiting {
  readonly client: string;
  readonly wrong: number;
  readonly begin: (isAdmitted: boolean) => void;
}

const WAITING_MAX = 4;
/** Two crew phones behind one router. */
const WAITING_PER_CLIENT_MAX = 2;

export class PinQueue {
  #waiting: Waiting[] = [];
  #running: string | undefined;

  /**
   * Runs `work` when it is its turn; undefined where others are waiting that have fewer wrong PINs.
   *
   * @param wrong How many wrong PINs the client has sent.
   */
  async run<T>(client: string, wrong: number, work: () => Promise<T>): Promise<T | undefined> {
    if (!(await this.#turn(client, wrong))) return undefined;
    try {
      return await work();
    } finally {
      this.#running = undefined;
      this.#next();
    }
  }

  async #turn(client: string, wrong: number): Promise<boolean> {
    const own = this.#waiting.filter((one) => one.client === client).length;
    if (own + Number(this.#running === client) >= WAITING_PER_CLIENT_MAX) return false;
    return await new Promise<boolean>((resolve) => {
      this.#waiting.push({ client, wrong, begin: resolve });
      // Those with the fewest wrong PINs first, in the order in which they came.
      this.#waiting = this.#waiting.toSorted((a, b) => a.wrong - b.wrong);
      for (const last of this.#waiting.splice(WAITING_MAX)) last.begin(false);
      if (this.#running === undefined) this.#next();
    });
  }

  #next(): void {
    const next = this.#waiting.shift();
    this.#running = next?.client;
    next?.begin(true);
  }
}
