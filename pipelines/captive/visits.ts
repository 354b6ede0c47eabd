/** Which phones of a captive portal have opened its page: those get the answer that they hope for. */
import { setNewest } from '../../hal/os/limits/newest.ts';

/**
 * The page is up by then. Android closes the window in which it opens a portal's page at the
 * first answer that it hopes for.
 */
const SETTLE_MS = 5_000;
/**
 * A visit ends so long after the phone's last question: its address may be another phone's by then.
 * It is longer than a drop, in which no phone is to lose its network.
 */
const FORGET_MS = 3 * 3_600_000;
/** Addresses of the network are 254. */
const CLIENTS_MAX = 254;

/** The way to the page: a browser follows it, and of the phones' own probes an iPhone's. */
export const ENTRY = '/watch';
/** In the User-Agent of an iPhone's probe; the window that opens for its guest has a browser's. */
const PROBE = 'CaptiveNetworkSupport';

export class Visits {
  /** Since when the page is up; a question of a phone that has seen it moves that, to the end of the list. */
  readonly #enteredMs = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A browser takes the way to the page; a probe opens none. */
  enter(client: string, userAgent = ''): void {
    if (userAgent.includes(PROBE) || this.#ageMs(client) !== undefined) return;
    setNewest(this.#enteredMs, client, this.#nowMs(), CLIENTS_MAX);
  }

  /** Its page has been up for a while. */
  hasSeen(client: string): boolean {
    const ageMs = this.#ageMs(client);
    if (ageMs === undefined || ageMs < SETTLE_MS) return false;
    setNewest(this.#enteredMs, client, this.#nowMs() - SETTLE_MS, CLIENTS_MAX);
    return true;
  }

  /** Undefined where its visit is over, or there was none. */
  #ageMs(client: string): number | undefined {
    const ageMs = this.#nowMs() - (this.#enteredMs.get(client) ?? Number.NEGATIVE_INFINITY);
    return ageMs < FORGET_MS ? ageMs : undefined;
  }
}
