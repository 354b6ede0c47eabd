/** Whether a link carries packets of the encoder's size, and which size it does carry. */

/** SRTLA acknowledges in tens: chance does not lose so many of its ACKs in a row. */
const MISSED_PACKETS = 60;

/** Keepalives sent after those packets that are echoed before any ACK: paths keep order, nearly. */
const MISSED_ECHOES = 2;

/** A packet of at least this part of the largest one is a large one. */
const LARGE = 0.75;

/** Sizes tried on a link that loses large packets: SRT's header and 7 to 3 MPEG-TS packets. */
const SIZES_BYTES = [1332, 1144, 956, 768, 580];
const ROUNDS = 2;

const WINDOW_MS = 1000;

/** Packets of `lostBytes` vanish on a link; those of `passedBytes` do not, once that is known. */
export interface LargePackets {
  readonly lostBytes: number;
  readonly passedBytes?: number;
}

/**
 * Where a path's MTU is smaller than the packets and no router reports it (a PMTU black hole,
 * RFC 2923 §2.1; carriers that drop fragments), keepalives and small packets pass and data
 * vanishes. Without an ACK for data the link is blocked; keepalives of several sizes, which
 * the receiver echoes byte for byte, then find out what passes (as RFC 8899 does).
 */
export class Passage {
  #unackedPackets = 0;
  #overdueSinceMs = 0;
  #echoesMeanwhile = 0;
  /** The largest data packet of this second and of the one before. */
  #largestBytes = 0;
  #largestBefore = 0;
  #windowMs = Number.NEGATIVE_INFINITY;
  /** Size of the data packets that vanished. */
  #lostBytes: number | undefined;
  #isBlocked = false;
  #passedBytes = 0;
  #pings = 0;

  /** A data packet went out. */
  onData(bytes: number, nowMs: number): void {
    if (nowMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = nowMs;
      this.#largestBefore = this.#largestBytes;
      this.#largestBytes = 0;
    }
    if (bytes > this.#largestBytes) this.#largestBytes = bytes;
    if (bytes < LARGE * this.#largest) return;
    this.#unackedPackets += 1;
    if (this.#unackedPackets === MISSED_PACKETS) this.#overdueSinceMs = nowMs;
  }

  /** The receiver acknowledged data, the largest of `bytes`. */
  onAcked(bytes: number): void {
    if (bytes < LARGE * this.#largest) return;
    this.restart(false);
    if (this.#lostBytes !== undefined && bytes >= this.#lostBytes) this.#lostBytes = undefined;
  }

  /** No data has been acknowledged for long: keepalives tell whether the link is silent. */
  get isOverdue(): boolean {
    return !this.#isBlocked && this.#unackedPackets >= MISSED_PACKETS;
  }

  /** And it is not: keepalives pass, data does not. */
  get isVanishing(): boolean {
    return this.isOverdue && this.#echoesMeanwhile >= MISSED_ECHOES;
  }

  /** The link is out of use since its data vanishes: it is tried by sizes. */
  block(): void {
    this.#isBlocked = true;
    this.#lostBytes = this.#largest;
    this.#passedBytes = 0;
    this.#pings = 0;
  }

  /** The link carries data, or another path: what was found no longer holds. */
  restart(isOtherPath: boolean): void {
    this.#unackedPackets = 0;
    this.#echoesMeanwhile = 0;
    this.#isBlocked = false;
    if (isOtherPath) this.#lostBytes = undefined;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Size of the next keepalive, 0 for the usual one. Data's own size is tried every other time. */
  nextPingBytes(): number {
    if (!this.#isBlocked) return 0;
    this.#pings += 1;
    const smaller = SIZES_BYTES.filter((bytes) => bytes < this.#largest);
    if (this.#pings % 2 === 1) return this.#largest;
    return smaller[(this.#pings / 2) % smaller.length] ?? this.#largest;
  }

  /**
   * A keepalive came back.
   *
   * @returns true when it shows that data passes, as far as that is in question.
   */
  onEcho(bytes: number, sentMs: number): boolean {
    if (this.isOverdue && sentMs > this.#overdueSinceMs) this.#echoesMeanwhile += 1;
    if (!this.#isBlocked) return true;
    this.#passedBytes = Math.max(this.#passedBytes, bytes);
    return bytes >= this.#largest;
  }

  /** Undefined where large packets pass. */
  get largePackets(): LargePackets | undefined {
    if (this.#lostBytes === undefined) return undefined;
    const isTried = this.#pings >= 2 * ROUNDS * SIZES_BYTES.length;
    const isKnown = isTried && this.#passedBytes > 0;
    return {
      lostBytes: this.#lostBytes,
      ...(isKnown ? { passedBytes: this.#passedBytes } : {}),
    };
  }

  get reason(): string {
    const { lostBytes, passedBytes } = this.largePackets ?? {};
    if (passedBytes === undefined) return 'keepalives pass, data does not';
    return `packets of ${lostBytes} bytes vanish, of ${passedBytes} pass (MTU)`;
  }

  get #largest(): number {
    return Math.max(this.#largestBytes, this.#largestBefore);
  }
}
