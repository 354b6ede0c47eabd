/** An access unit on its way to a track, with its place in media time. */
export interface PlacedUnit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
}

interface PendingSwitch<T> {
  readonly to: string;
  /** Media time from which the other source is taken; known with its first key frame that fits. */
  atUs: number | undefined;
  /** The old source has played up to there. */
  isPast: boolean;
  readonly buffered: T[];
}

/** What a track gets of a unit that came in. */
export interface Spliced<T> {
  readonly units: readonly T[];
  /** The source is another from the first of these units on. */
  readonly hasSwitched: boolean;
}

/** Two seconds of frames: the old source brings its last ones no more. */
const BUFFERED_MAX = 120;

const NOTHING = { units: [], hasSwitched: false } as const;

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
  #pending: PendingSwitch<T> | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Whose units are published now. */
  get source(): string {
    return this.#source;
  }

  /** Whose units will be published when a change under way is over. */
  get wanted(): string {
    return this.#pending?.to ?? this.#source;
  }

  reads(id: string): boolean {
    return id === this.#source || id === this.#pending?.to;
  }

  /** Another source from its next fitting key frame on. */
  switchTo(to: string): void {
    if (to === this.wanted) return;
    this.#pending =
      to === this.#source ? undefined : { to, atUs: undefined, isPast: false, buffered: [] };
  }

  /** Carries a change out at once: there is nothing to go on from. */
  settle(): void {
    this.#source = this.wanted;
    this.#pending = undefined;
  }

  /**
   * @param frameUs A frame's time, the tolerance of all comparisons.
   * @param switchAt Where to switch, given the new source's key frame; undefined where that does not fit.
   */
  take(
    id: string,
    unit: T,
    frameUs: number,
    switchAt: (keyframeUs: number) => number | undefined,
  ): Spliced<T> {
    const pending = this.#pending;
    if (pending === undefined) {
      return id === this.#source ? { units: [unit], hasSwitched: false } : NOTHING;
    }
    const isFrom = pending.atUs !== undefined && unit.timeUs >= pending.atUs - frameUs / 2;
    if (id === this.#source) {
      if (!isFrom) return { units: [unit], hasSwitched: false };
      pending.isPast = true;
      return pending.buffered.length > 0 ? this.#finish(pending) : NOTHING;
    }
    if (id !== pending.to) return NOTHING;
    if (pending.atUs === undefined && unit.isKeyframe) pending.atUs = switchAt(unit.timeUs);
    if (!isFrom) return NOTHING;
    pending.buffered.push(unit);
    return pending.isPast || pending.buffered.length > BUFFERED_MAX
      ? this.#finish(pending)
      : NOTHING;
  }

  #finish({ buffered }: PendingSwitch<T>): Spliced<T> {
    this.settle();
    return { units: buffered, hasSwitched: true };
  }
}
