import { type BufferedUnit, canPlaceRun, findFirstUnits, findStart } from './run-start.ts';
import { chooseOrigins, GroupTimeline, type Stamping } from './timeline.ts';
import type { ArrivedUnit, TrackKind } from './track.ts';

/**
 * A capture run's place on the presentation's timeline.
 *
 * Where that is, its first units say together: until then they are buffered back.
 * Pure but for its state.
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

  /** True while units wait for the run's place. */
  get isBuffering(): boolean {
    return this.#buffered.length > 0;
  }

  /** Keeps a unit back, until the run has its place. */
  buffer(unit: BufferedUnit): void {
    this.#buffered.push(unit);
  }

  /** See {@link canPlaceRun}; false while nothing is buffered. */
  canPlace(trackIds: readonly string[], nowUs: number): boolean {
    return canPlaceRun(this.#buffered, trackIds, nowUs);
  }

  /**
   * Gives the run its place by what is buffered, not before `notBeforeUs`.
   *
   * @returns the media time at which it starts, and all that was buffered back.
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

  /** Media time of a running time, in us; undefined before that group has its place. */
  timeOf(kind: TrackKind, runningUs: number): number | undefined {
    return this.#groups.get(kind)?.place(runningUs);
  }

  /** The timeline that a unit of a placed run belongs on; a group that comes late begins with it. */
  groupOf(kind: TrackKind, { runningUs, arrivedUs }: ArrivedUnit): GroupTimeline {
    const known = this.#groups.get(kind);
    if (known !== undefined) return known;
    const stamping = this.#stampings[kind];
    const clocked = [...this.#groups.values()].find((group) => group.stamping === 'clock');
    const sharedUs = stamping === 'clock' ? clocked?.originUs : undefined;
    const begun = new GroupTimeline(stamping, sharedUs ?? arrivedUs - runningUs);
    this.#groups.set(kind, begun);
    return begun;
  }

  /** A group, and all that only move with it: picture and sound on one clock stay together. */
  movingWith(group: GroupTimeline): ReadonlyMap<TrackKind, GroupTimeline> {
    const isMoving = (other: GroupTimeline) =>
      other === group || (group.stamping === 'clock' && other.stamping === 'clock');
    return new Map([...this.#groups].filter(([, other]) => isMoving(other)));
  }
}
