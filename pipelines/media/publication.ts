/** Watches what is published, track by track, whatever arrives. */

/** A track that viewers get nothing of. */
export interface StalledTrack {
  readonly trackId: string;
  /** Since its last part, in ms. */
  readonly forMs: number;
}

/** Parts come every second at least, and replace media that is away. */
const PART_MAX_MS = 2_000;
/** A later tick means that this process was blocked: that is no fault of what it publishes. */
const TICK_MAX_MS = 250;

/** From the first part of the stream on. All times are of a monotonic clock. */
export class Publication {
  readonly #idleMs: Map<string, number>;
  #hasBegun = false;
  #tickedMs = 0;

  constructor(trackIds: readonly string[]) {
    this.#idleMs = new Map(trackIds.map((id) => [id, 0]));
  }

  /** A part of this track was published. */
  add(trackId: string): void {
    this.#hasBegun = true;
    this.#idleMs.set(trackId, 0);
  }

  /** To be called a few times a second while the stream goes on. */
  tick(nowMs: number): void {
    const passedMs = Math.min(nowMs - this.#tickedMs, TICK_MAX_MS);
    this.#tickedMs = nowMs;
    if (!this.#hasBegun) return;
    for (const [id, idleMs] of this.#idleMs) this.#idleMs.set(id, idleMs + passedMs);
  }

  /** The track without a part for longest; undefined while all go on. */
  stalled(): StalledTrack | undefined {
    const [longest] = [...this.#idleMs].toSorted(([, a], [, b]) => b - a);
    if (longest === undefined || longest[1] < PART_MAX_MS) return undefined;
    return { trackId: longest[0], forMs: Math.round(longest[1]) };
  }
}
