/** A track that brings nothing for so long is lost, though its pipe is open. */
const SILENT_US = 500_000;

/** When each track last brought something. All times are media times, in us. */
export class Arrivals {
  readonly #lastUs: Map<string, number>;

  constructor(trackIds: readonly string[]) {
    this.#lastUs = new Map(trackIds.map((id) => [id, 0]));
  }

  note(trackId: string, arrivedUs: number): void {
    this.#lastUs.set(trackId, arrivedUs);
  }

  /** For how long the quietest track has brought nothing, at most since `sinceUs`. */
  stalledUs(sinceUs: number, nowUs: number): number {
    return nowUs - Math.max(sinceUs, Math.min(...this.#lastUs.values()));
  }

  /** True when some track is lost. */
  isAnyStalled(sinceUs: number, nowUs: number): boolean {
    return this.stalledUs(sinceUs, nowUs) >= SILENT_US;
  }

  /** True when this track is lost. */
  isStalled(trackId: string, nowUs: number): boolean {
    return nowUs - (this.#lastUs.get(trackId) ?? 0) >= SILENT_US;
  }
}
