/** An access unit on its way to a track, with its place in media time. */
export interface PlacedUnit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
}

interface Turn<T> {
  readonly to: string;
  /** Media time from which the other source is taken; known with its first key frame that fits. */
  atUs: number | undefined;
  /** The old source has played up to there. */
  isPast: boolean;
  readonly held: T[];
}

/** What a track gets of a unit that came in. */
export interface Spliced<T> {
  readonly units: readonly T[];
  /** The source is another from the first of these units on. */
  readonly hasTurned: boolean;
}

/** Two seconds of frames: the old source brings its last ones no more. */
const HELD_MAX = 120;

const NOTHING = { units: [], hasTurned: false } as const;

/**
 * Whose access units a track publishes: its own encoder's, or those of another
 * rendition that stands in for it while its encoder rests.
 *
 * The change falls on a key frame one segment ahead, so that nothing is lost:
 * the old source plays up to it, and what the new one brings from it on waits
 * for that. Pure but for its state.
 */
export class Splice<T extends PlacedUnit> {
  #source: string;
  #turn: Turn<T> | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Whose units are published now. */
  get source(): string {
    return this.#source;
  }

  /** Whose units will be published when a change under way is over. */
  get wanted(): string {
    return this.#turn?.to ?? this.#source;
  }

  listensTo(id: string): boolean {
    return id === this.#source || id === this.#turn?.to;
  }

  /** Another source from its next fitting key frame on. */
  turnTo(to: string): void {
    if (to === this.wanted) return;
    this.#turn = to === this.#source ? undefined : { to, atUs: undefined, isPast: false, held: [] };
  }

  /** Carries a change out at once: there is nothing to go on from. */
  settle(): void {
    this.#source = this.wanted;
    this.#turn = undefined;
  }

  /**
   * @param frameUs A frame's time, the tolerance of all comparisons.
   * @param turnAt Where to turn, given the new source's key frame; undefined where that does not fit.
   */
  take(
    id: string,
    unit: T,
    frameUs: number,
    turnAt: (keyframeUs: number) => number | undefined,
  ): Spliced<T> {
    const turn = this.#turn;
    if (turn === undefined) {
      return id === this.#source ? { units: [unit], hasTurned: false } : NOTHING;
    }
    const isFrom = turn.atUs !== undefined && unit.timeUs >= turn.atUs - frameUs / 2;
    if (id === this.#source) {
      if (!isFrom) return { units: [unit], hasTurned: false };
      turn.isPast = true;
      return turn.held.length > 0 ? this.#finish(turn) : NOTHING;
    }
    if (id !== turn.to) return NOTHING;
    if (turn.atUs === undefined && unit.isKeyframe) turn.atUs = turnAt(unit.timeUs);
    if (!isFrom) return NOTHING;
    turn.held.push(unit);
    return turn.isPast || turn.held.length > HELD_MAX ? this.#finish(turn) : NOTHING;
  }

  #finish({ held }: Turn<T>): Spliced<T> {
    this.settle();
    return { units: held, hasTurned: true };
  }
}
