/** Which tracks still bring access units. */

/** A track without access units for this long counts as lost, though its FIFO is open. */
const STALLED_US = 500_000;

/** When each track last had an access unit. All times are media times, in us. */
export class Arrivals {
  readonly #lastUs: Map<string, number>;

  constructor(trackIds: readonly string[]) {
    this.#lastUs = new Map(trackIds.map((id) => [id, 0]));
  }

  add(trackId: string, arrivedUs: number): void {
    this.#lastUs.set(trackId, arrivedUs);
  }

  /** For how long the track that stalled first has had no access unit, at most since `sinceUs`. */
  stalledUs(sinceUs: number, nowUs: number): number {
    return nowUs - Math.max(sinceUs, Math.min(...this.#lastUs.values()));
  }

  /** True while some track is lost. */
  isAnyStalled(sinceUs: number, nowUs: number): boolean {
    return this.stalledUs(sinceUs, nowUs) >= STALLED_US;
  }

  /** True while this track is lost. */
  isStalled(trackId: string, nowUs: number): boolean {
    return nowUs - (this.#lastUs.get(trackId) ?? 0) >= STALLED_US;
  }
}
