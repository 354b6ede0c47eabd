/** Whether a link carries packets of the encoder's size, and which size it does carry. */

/** SRTLA acknowledges in tens: once so many packets are not, the next keepalives ask why. */
const UNACKED_PACKETS_MIN = 15;

/**
 * Echoes of usual keepalives in a row, each with a keepalive as large as data before it that
 * is not echoed: where chance loses one in four packets it does so once in thousands of times.
 */
const SMALL_ECHOES = 5;

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
export class PathMtu {
  #unackedPackets = 0;
  #unackedSinceMs = 0;
  #smallEchoes = 0;
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
    if (this.#unackedPackets === UNACKED_PACKETS_MIN) this.#startUnacked(nowMs);
  }

  /** The receiver acknowledged data, the largest of `bytes`. */
  onAcked(bytes: number): void {
    if (bytes < LARGE * this.#largest) return;
    this.#passes();
    if (this.#lostBytes !== undefined && bytes >= this.#lostBytes) this.#lostBytes = undefined;
  }

  /** Data is not acknowledged: keepalives of both sizes tell whether the link or its data is silent. */
  get hasUnackedData(): boolean {
    return !this.#isBlocked && this.#unackedPackets >= UNACKED_PACKETS_MIN;
  }

  /** And its ACK should have come by now. */
  isOverdue(lateMs: number, nowMs: number): boolean {
    return this.hasUnackedData && nowMs - this.#unackedSinceMs > lateMs;
  }

  /** Small keepalives pass, large ones and data do not. */
  get isVanishing(): boolean {
    return this.hasUnackedData && this.#smallEchoes >= SMALL_ECHOES;
  }

  /** The link is out of use since its data vanishes: it is tried by sizes. */
  block(): void {
    this.#isBlocked = true;
    this.#lostBytes = this.#largest;
    this.#passedBytes = 0;
    this.#pings = 0;
  }

  /** The link may have another path: what was found no longer holds, data without an ACK stays so. */
  restart(): void {
    this.#isBlocked = false;
    this.#lostBytes = undefined;
    this.#smallEchoes = 0;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /**
   * Sizes of the keepalives to send now, 0 for the usual one. While data has no ACK, its own size comes
   * first; on a blocked link it is tried every other time.
   */
  nextPings(): readonly number[] {
    if (this.hasUnackedData) return [this.#largest, 0];
    if (!this.#isBlocked) return [0];
    this.#pings += 1;
    const smaller = SIZES_BYTES.filter((bytes) => bytes < this.#largest);
    if (this.#pings % 2 === 1) return [this.#largest];
    return [smaller[(this.#pings / 2) % smaller.length] ?? this.#largest];
  }

  /**
   * A keepalive came back.
   *
   * @returns true when it shows that data passes, as far as that is in question.
   */
  onEcho(bytes: number, sentMs: number): boolean {
    if (this.#isBlocked) {
      this.#passedBytes = Math.max(this.#passedBytes, bytes);
      return bytes >= this.#largest;
    }
    if (!this.hasUnackedData) return true;
    if (sentMs < this.#unackedSinceMs) return false;
    const isLarge = bytes >= LARGE * this.#largest;
    if (isLarge) this.#passes();
    else this.#smallEchoes += 1;
    return isLarge;
  }

  /** The link is in use again. Data without an ACK stays so: only an ACK or a large echo ends that. */
  unblock(): void {
    if (this.#isBlocked) this.#passes();
    this.#isBlocked = false;
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

  #startUnacked(nowMs: number): void {
    this.#unackedSinceMs = nowMs;
    this.#smallEchoes = 0;
  }

  #passes(): void {
    this.#unackedPackets = 0;
    this.#smallEchoes = 0;
  }

  get #largest(): number {
    return Math.max(this.#largestBytes, this.#largestBefore);
  }
}
