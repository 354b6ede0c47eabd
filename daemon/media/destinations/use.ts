/** Counts what destinations send, by the link that it leaves by: for the links' data budgets. Pure. */

/** IP and TCP, or IP, UDP and SRT, and the acknowledgements: 60 bytes and more for 1,400. */
const OVERHEAD = 1.06;

interface Count {
  /** Of the process that runs now. */
  readonly countedBytes: number;
  /** Undefined until it is known; null for none of the bond's. */
  readonly link: string | null | undefined;
}

const NEW: Count = { countedBytes: 0, link: undefined };

export class DestinationUse {
  readonly #counts = new Map<string, Count>();
  readonly #onCarried: (link: string, bytes: number) => void;

  constructor(onCarried: (link: string, bytes: number) => void) {
    this.#onCarried = onCarried;
  }

  /** From now on its data leaves by this link; null for none of the bond's. */
  setLink(id: string, link: string | null): void {
    this.#counts.set(id, { ...(this.#counts.get(id) ?? NEW), link });
  }

  /** The link that its data leaves by, where that one has none left. */
  spentLink(id: string, isSpent: (link: string) => boolean): string | undefined {
    const link = this.#counts.get(id)?.link;
    return typeof link === 'string' && isSpent(link) ? link : undefined;
  }

  /** @param sentBytesTotal Since its process was started. */
  report(id: string, sentBytesTotal: number): void {
    const { countedBytes, link } = this.#counts.get(id) ?? NEW;
    // Less than before: another process.
    const from = sentBytesTotal < countedBytes ? 0 : countedBytes;
    // Until the link is known nothing is lost: it is counted with what comes after.
    const counted = link === undefined ? from : sentBytesTotal;
    this.#counts.set(id, { countedBytes: counted, link });
    if (typeof link === 'string' && sentBytesTotal > from) {
      this.#onCarried(link, Math.ceil((sentBytesTotal - from) * OVERHEAD));
    }
  }
}
