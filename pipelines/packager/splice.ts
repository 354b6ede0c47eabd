/** Switches a track from one encoder's access units to another's. */

/** An access unit with its media time. */
export interface PlacedUnit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
}

interface PendingSwitch<T> {
  readonly to: string;
  /** Media time of the switch; known with the first suitable key frame of the new source. */
  atUs: number | undefined;
  /** The old source has reached that time. */
  isPast: boolean;
  readonly buffered: T[];
}

/** What a track publishes of a unit that arrived. */
export interface Spliced<T> {
  readonly units: readonly T[];
  /** The source has changed with the first of these units. */
  readonly hasSwitched: boolean;
}

/** Two seconds of frames; after that the old source's last ones are not waited for. */
const BUFFERED_MAX = 120;

const NOTHING = { units: [], hasSwitched: false } as const;

/**
 * A track publishes its own encoder's access units, or those of a substitute while its
 * encoder is suspended.
 *
 * The switch happens at a key frame one segment ahead, without loss: the old source
 * plays up to it, and units of the new one from there on are buffered until then.
 *
 * Pure except for its state.
 */
export class Splice<T extends PlacedUnit> {
  #source: string;
  #pending: PendingSwitch<T> | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** The encoder whose units are published now. */
  get source(): string {
    return this.#source;
  }

  /** The encoder whose units are published after a pending switch. */
  get wanted(): string {
    return this.#pending?.to ?? this.#source;
  }

  reads(id: string): boolean {
    return id === this.#source || id === this.#pending?.to;
  }

  /** Switches to another source at its next suitable key frame. */
  switchTo(to: string): void {
    if (to === this.wanted) return;
    this.#pending =
      to === this.#source ? undefined : { to, atUs: undefined, isPast: false, buffered: [] };
  }

  /** Completes a pending switch at once, where no media has to continue. */
  settle(): void {
    this.#source = this.wanted;
    this.#pending = undefined;
  }

  /**
   * @param frameUs Duration of a frame, the tolerance of all comparisons.
   * @param switchAt The switch time for a key frame of the new source; undefined where that is not suitable.
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
