/** A capture run's position on the presentation's timeline. */
import { type BufferedUnit, canPlaceRun, findFirstUnits, findStart } from './run-start.ts';
import { chooseOrigins, GroupTimeline, type Stamping } from './timeline.ts';
import type { ArrivedUnit, TrackKind } from './track.ts';

/**
 * The first units determine the position together; until then they are buffered.
 *
 * Pure except for its state.
 */
export class RunTimeline {
  /** Media time at which capture (re)started, in us. */
  readonly begunUs: number;
  readonly #stampings: Readonly<Record<TrackKind, Stamping>>;
  readonly #groups = new Map<TrackKind, GroupTimeline>();
  #buffered: BufferedUnit[] = [];
  #isPlaced = false;

  constructor(stampings: Readonly<Record<TrackKind, Stamping>>, begunUs: number) {
    this.#stampings = stampings;
    this.begunUs = begunUs;
  }

  /** True from {@link RunTimeline.place} on. */
  get isPlaced(): boolean {
    return this.#isPlaced;
  }

  /** True while units wait for the run's position. */
  get isBuffering(): boolean {
    return this.#buffered.length > 0;
  }

  /** Buffers a unit until the run has its position. */
  buffer(unit: BufferedUnit): void {
    this.#buffered.push(unit);
  }

  /** See {@link canPlaceRun}. */
  canPlace(trackIds: readonly string[], nowUs: number): boolean {
    return canPlaceRun(this.#buffered, trackIds, nowUs);
  }

  /**
   * Gives the run its position by the buffered units, not before `notBeforeUs`.
   *
   * @returns the media time at which it starts, and the buffered units.
   */
  place(notBeforeUs: number): {
    readonly startUs: number;
    readonly buffered: readonly BufferedUnit[];
  } {
    const buffered = this.#buffered;
    this.#buffered = [];
    const firsts = findFirstUnits(buffered, this.#stampings);
    const origins = chooseOrigins(firsts, notBeforeUs);
    for (const { group, stamping } of firsts) {
      this.#groups.set(group, new GroupTimeline(stamping, origins.get(group) ?? 0));
    }
    this.#isPlaced = true;
    return { startUs: findStart(buffered, firsts, origins), buffered };
  }

  /** Media time of a running time, in us; undefined before the group has its position. */
  timeOf(kind: TrackKind, runningUs: number): number | undefined {
    return this.#groups.get(kind)?.place(runningUs);
  }

  /** The timeline of a unit's group; a group that starts later gets one with its first unit. */
  groupOf(kind: TrackKind, { runningUs, arrivedUs }: ArrivedUnit): GroupTimeline {
    const known = this.#groups.get(kind);
    if (known !== undefined) return known;
    const stamping = this.#stampings[kind];
    const clocked = [...this.#groups.values()].find((group) => group.stamping === 'clock');
    const sharedUs = stamping === 'clock' ? clocked?.originUs : undefined;
    const started = new GroupTimeline(stamping, sharedUs ?? arrivedUs - runningUs);
    this.#groups.set(kind, started);
    return started;
  }

  /** A group, and those that move with it: picture and sound on one clock stay together. */
  movingWith(group: GroupTimeline): ReadonlyMap<TrackKind, GroupTimeline> {
    const isMoving = (other: GroupTimeline) =>
      other === group || (group.stamping === 'clock' && other.stamping === 'clock');
    return new Map([...this.#groups].filter(([, other]) => isMoving(other)));
  }
}
