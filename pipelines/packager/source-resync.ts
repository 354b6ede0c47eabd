/** Realigns a source that lags or has drifted, by a discontinuity. */
import type { EncoderRouting } from './encoder-routing.ts';
import type { Renditions } from './renditions.ts';
import type { RunTimeline } from './run-timeline.ts';
import type { SegmentClock } from './segment-clock.ts';
import type { GroupTimeline } from './timeline.ts';
import type { ArrivedUnit } from './track.ts';

/** A unit this far behind what its track has published is too late. */
const BEHIND_US = 50_000;

/** How long a source may stay behind before it is realigned. */
const CATCH_UP_US = 1_000_000;

/** A discontinuity ends a segment no earlier than this. */
const SEGMENT_MIN_US = 50_000;

/**
 * A source that lags permanently, or resumes after a pause, is moved on the timeline:
 * from a key frame on, with a discontinuity in the same segment of all renditions.
 *
 * Pure except for its state.
 */
export class SourceResync {
  readonly #renditions: Renditions;
  readonly #routing: EncoderRouting;
  readonly #clock: SegmentClock;
  /** By track: others may be on time. */
  readonly #behindSinceUs = new Map<string, number>();

  constructor(renditions: Renditions, routing: EncoderRouting, clock: SegmentClock) {
    this.#renditions = renditions;
    this.#routing = routing;
    this.#clock = clock;
  }

  /** In a new run no source is behind. */
  beginRun(): void {
    this.#behindSinceUs.clear();
  }

  /** Checks a unit before it is placed; that may move its group. */
  check(run: RunTimeline, group: GroupTimeline, trackId: string, unit: ArrivedUnit): void {
    const timeUs = group.place(unit.runningUs);
    const isTooFarBehind = this.#isTooFarBehind(trackId, timeUs, unit.arrivedUs);
    if (!unit.isKeyframe || !(isTooFarBehind || group.hasDrifted())) return;
    this.#move(run, group, timeUs, unit.arrivedUs);
  }

  #isTooFarBehind(trackId: string, timeUs: number, arrivedUs: number): boolean {
    const isBehind = timeUs < this.#renditions.endUs(trackId) - BEHIND_US;
    if (!isBehind) {
      if (!this.#renditions.isBroken(trackId)) this.#behindSinceUs.delete(trackId);
      return false;
    }
    const sinceUs = this.#behindSinceUs.get(trackId) ?? arrivedUs;
    this.#behindSinceUs.set(trackId, sinceUs);
    return arrivedUs - sinceUs > CATCH_UP_US;
  }

  /** Moves `timeUs` to its arrival, or behind all that is published already. */
  #move(run: RunTimeline, group: GroupTimeline, timeUs: number, arrivedUs: number): void {
    const moving = run.movingWith(group);
    const tracks = this.#renditions.tracks().filter(({ kind }) => moving.has(kind));
    const ids = tracks.map(({ id }) => id);
    const endUs = this.#renditions.latestEndUs(ids);
    const newestUs = this.#clock.newest?.startUs ?? 0;
    const startUs = Math.max(arrivedUs, endUs, newestUs + SEGMENT_MIN_US);
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
