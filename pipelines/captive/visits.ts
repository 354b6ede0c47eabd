/** Which phones of a captive portal have opened its page: those get the answer that they hope for. */

/**
 * The page is up by then. Android closes the window in which it opens a portal's page at the
 * first answer that it hopes for.
 */
const SETTLE_MS = 5_000;
/** Addresses of the network are 254. */
const CLIENTS_MAX = 254;

/** The way to the page: a browser follows it, and of the phones' own probes an iPhone's. */
export const ENTRY = '/watch';
/** In the User-Agent of an iPhone's probe; the window that opens for its guest has a browser's. */
const PROBE = 'CaptiveNetworkSupport';

export class Visits {
  readonly #enteredMs = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A browser takes the way to the page; a probe opens none. */
  enter(client: string, userAgent = ''): void {
    if (userAgent.includes(PROBE) || this.#enteredMs.has(client)) return;
    if (this.#enteredMs.size >= CLIENTS_MAX) this.#enteredMs.clear();
    this.#enteredMs.set(client, this.#nowMs());
  }

  /** Its page has been up for a while. */
  hasSeen(client: string): boolean {
    const atMs = this.#enteredMs.get(client);
    return atMs !== undefined && this.#nowMs() - atMs >= SETTLE_MS;
  }
}
