import type { EncoderRouting } from './encoder-routing.ts';
import type { Renditions } from './renditions.ts';
import type { RunTimeline } from './run-timeline.ts';
import type { SegmentClock } from './segment-clock.ts';
import type { GroupTimeline } from './timeline.ts';
import type { ArrivedUnit } from './track.ts';

/** A unit so far behind what its track has published comes too late for it. */
const BEHIND_US = 50_000;

/** A source that is behind may catch up; after this it gets a new place in time. */
const CATCH_UP_US = 1_000_000;

/** A segment that a discontinuity cuts short is still this long. */
const SHORTEST_SEGMENT_US = 50_000;

/**
 * Gives a source that lags for good, or came back after a pause, a new place in
 * time: from a key frame on, with a discontinuity in the same segment of all
 * renditions.
 *
 * Pure but for its state.
 */
export class SourceResync {
  readonly #renditions: Renditions;
  readonly #routing: EncoderRouting;
  readonly #clock: SegmentClock;
  /** By track: one that keeps time says nothing of another. */
  readonly #behindSinceUs = new Map<string, number>();

  constructor(renditions: Renditions, routing: EncoderRouting, clock: SegmentClock) {
    this.#renditions = renditions;
    this.#routing = routing;
    this.#clock = clock;
  }

  /** Another run begins: nobody is behind. */
  beginRun(): void {
    this.#behindSinceUs.clear();
  }

  /** Looks at a unit before it is placed; its group may have moved by that. */
  follow(run: RunTimeline, group: GroupTimeline, trackId: string, unit: ArrivedUnit): void {
    const timeUs = group.place(unit.runningUs);
    const isLeftBehind = this.#isLeftBehind(trackId, timeUs, unit.arrivedUs);
    if (!unit.isKeyframe || !(isLeftBehind || group.hasDrifted())) return;
    this.#move(run, group, timeUs, unit.arrivedUs);
  }

  #isLeftBehind(trackId: string, timeUs: number, arrivedUs: number): boolean {
    const isBehind = timeUs < this.#renditions.endUs(trackId) - BEHIND_US;
    if (!isBehind) {
      if (!this.#renditions.isBroken(trackId)) this.#behindSinceUs.delete(trackId);
      return false;
    }
    const sinceUs = this.#behindSinceUs.get(trackId) ?? arrivedUs;
    this.#behindSinceUs.set(trackId, sinceUs);
    return arrivedUs - sinceUs > CATCH_UP_US;
  }

  /** What stood at `timeUs` stands where it arrived, or behind all that is published already. */
  #move(run: RunTimeline, group: GroupTimeline, timeUs: number, arrivedUs: number): void {
    const moving = run.movingWith(group);
    const tracks = this.#renditions.tracks().filter(({ kind }) => moving.has(kind));
    const ids = tracks.map(({ id }) => id);
    const endUs = this.#renditions.latestEndUs(ids);
    const newestUs = this.#clock.newest?.startUs ?? 0;
    const startUs = Math.max(arrivedUs, endUs, newestUs + SHORTEST_SEGMENT_US);
    for (const other of moving.values()) other.shift(startUs - timeUs);
    this.#routing.settle();
    for (const id of ids) {
      this.#behindSinceUs.delete(id);
      this.#renditions.change(id, (cutter) => cutter.break());
    }
    // Every rendition must meet the discontinuity in the same segment.
    this.#clock.begin(startUs, true);
  }
}
