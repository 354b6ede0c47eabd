/** The packets in flight on one link: when each was sent, and whether later ones overtook it. */
/** Packets remembered for one link: 1.7 s at 50 Mbit/s. */
const SLOTS = 8192;
const MASK = SLOTS - 1;

/** State of a packet's copy on one link. */
export const FREE = 0;
export const IN_FLIGHT = 1;
/** An SRTLA ACK named it, or SRT's ACK covers it. */
export const ARRIVED = 2;
export const LOST = 3;

/** Found by sequence number without a search. */
export class InFlight {
  readonly #sequences = new Int32Array(SLOTS).fill(-1);
  readonly #sentMs = new Float64Array(SLOTS);
  readonly #orders = new Float64Array(SLOTS);
  /** Send order of its first copy on this link: an ACK does not say which copy arrived. */
  readonly #firstOrders = new Float64Array(SLOTS);
  readonly #bytes = new Uint16Array(SLOTS);
  readonly #states = new Uint8Array(SLOTS);
  #sentTotal = 0;
  /** Send order of the newest packet that is known to have arrived. */
  #newestArrived = 0;
  #packets = 0;
  #bytesInFlight = 0;

  get packets(): number {
    return this.#packets;
  }

  get bytes(): number {
    return this.#bytesInFlight;
  }

  /** A packet sent again on the same link starts over. */
  add(sequence: number, bytes: number, nowMs: number): void {
    const slot = sequence & MASK;
    const isRepeat = this.#sequences[slot] === sequence;
    if (this.#states[slot] === IN_FLIGHT) this.#remove(slot, FREE);
    this.#sentTotal += 1;
    if (!isRepeat) this.#firstOrders[slot] = this.#sentTotal;
    this.#sequences[slot] = sequence;
    this.#sentMs[slot] = nowMs;
    this.#orders[slot] = this.#sentTotal;
    this.#bytes[slot] = bytes;
    this.#states[slot] = IN_FLIGHT;
    this.#packets += 1;
    this.#bytesInFlight += bytes;
  }

  stateOf(sequence: number): number {
    const slot = sequence & MASK;
    return this.#sequences[slot] === sequence ? (this.#states[slot] ?? FREE) : FREE;
  }

  /** When this link sent the packet, or -1 when it never did, or more than once (Karn's algorithm). */
  sentOnceMs(sequence: number): number {
    const slot = sequence & MASK;
    if (this.#sequences[slot] !== sequence) return -1;
    return this.#orders[slot] === this.#firstOrders[slot] ? (this.#sentMs[slot] ?? -1) : -1;
  }

  /** Its size as it was added, 0 when this link never sent it. */
  bytesOf(sequence: number): number {
    const slot = sequence & MASK;
    return this.#sequences[slot] === sequence ? (this.#bytes[slot] ?? 0) : 0;
  }

  /** True when at least `packets` sent after it on this link arrived before it. */
  isPassedBy(sequence: number, packets: number): boolean {
    const slot = sequence & MASK;
    if (this.#sequences[slot] !== sequence) return false;
    return this.#newestArrived - (this.#orders[slot] ?? 0) >= packets;
  }

  /** An SRTLA ACK named the packet: bytes that left flight, 0 when it was not flying. */
  arrive(sequence: number): number {
    const slot = sequence & MASK;
    if (this.#sequences[slot] !== sequence) return 0;
    this.#newestArrived = Math.max(this.#newestArrived, this.#firstOrders[slot] ?? 0);
    if (this.#states[slot] !== IN_FLIGHT) {
      this.#states[slot] = ARRIVED;
      return 0;
    }
    return this.#remove(slot, ARRIVED);
  }

  /** SRT's ACK covers the packet; which link brought it is not said. */
  settle(sequence: number): number {
    return this.stateOf(sequence) === IN_FLIGHT ? this.#remove(sequence & MASK, ARRIVED) : 0;
  }

  /** The packet is taken for lost on this link; false when it was not flying. */
  lose(sequence: number): boolean {
    if (this.stateOf(sequence) !== IN_FLIGHT) return false;
    this.#remove(sequence & MASK, LOST);
    return true;
  }

  clear(): void {
    this.#states.fill(FREE);
    this.#sequences.fill(-1);
    this.#packets = 0;
    this.#bytesInFlight = 0;
  }

  #remove(slot: number, state: number): number {
    const bytes = this.#bytes[slot] ?? 0;
    this.#states[slot] = state;
    this.#packets -= 1;
    this.#bytesInFlight -= bytes;
    return bytes;
  }
}
