/** Which tracks still bring access units, and how late they are. */

/** A track without access units for this long counts as lost, though its FIFO is open. */
const STALLED_US = 500_000;

/** The usual delay follows the last one by this share, and up by no more than RISE_MAX_US: a burst is not usual. */
const FOLLOWED = 1 / 32;
const RISE_MAX_US = 200;

/** When each track last had an access unit. All times are media times, in us. */
export class Arrivals {
  readonly #lastUs: Map<string, number>;
  readonly #delayUs = new Map<string, number>();

  constructor(trackIds: readonly string[]) {
    this.#lastUs = new Map(trackIds.map((id) => [id, 0]));
  }

  add(trackId: string, arrivedUs: number): void {
    this.#lastUs.set(trackId, arrivedUs);
  }

  /** A unit of media time `timeUs` has arrived. */
  addDelay(trackId: string, timeUs: number, arrivedUs: number): void {
    const delayUs = Math.max(0, arrivedUs - timeUs);
    const usualUs = this.#delayUs.get(trackId) ?? delayUs;
    this.#delayUs.set(trackId, usualUs + Math.min((delayUs - usualUs) * FOLLOWED, RISE_MAX_US));
  }

  /** How long after its media time a unit of this track arrives, usually. */
  delayUs(trackId: string): number {
    return this.#delayUs.get(trackId) ?? 0;
  }

  /** For how long the track that stalled first has had no access unit, at most since `sinceUs`. */
  stalledUs(sinceUs: number, nowUs: number): number {
    return nowUs - Math.max(sinceUs, Math.min(...this.#lastUs.values()));
  }

  /** True while some track is lost. */
  isAnyStalled(sinceUs: number, nowUs: number): boolean {
    return this.stalledUs(sinceUs, nowUs) >= STALLED_US;
  }

  /** For how long this track has had no access unit. */
  silentUs(trackId: string, nowUs: number): number {
    return nowUs - (this.#lastUs.get(trackId) ?? 0);
  }
}
