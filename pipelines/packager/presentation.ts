import { parseCaps } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { DateRange } from '../hls/playlist.ts';
import { Arrivals } from './arrivals.ts';
import { EncoderRouting } from './encoder-routing.ts';
import { KeyframeCue } from './keyframe-request.ts';
import { LateSources } from './late-sources.ts';
import { Outages } from './outages.ts';
import { Renditions, type RenditionsOptions } from './renditions.ts';
import type { HeldUnit } from './run-start.ts';
import { RunTimeline } from './run-timeline.ts';
import { SegmentClock } from './segment-clock.ts';
import type { Stamping } from './timeline.ts';
import type { ArrivedUnit, Track, TrackKind } from './track.ts';

export interface PresentationOptions extends RenditionsOptions {
  readonly segmentUs: number;
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  readonly firstMsn: number;
}

/** Lost parts are told this late, so that a run that is just beginning finds room. */
const GAP_SLACK_US = 250_000;

/** Between two ticks; more says that this process was held up. */
const PAUSED_US = 200_000;
const TICKS_PER_PART = 4;

/**
 * All renditions of what the box sends: takes access units of one capture run
 * after the other, and keeps one unbroken presentation of them.
 *
 * Pure but for its state: times come in as arguments.
 */
export class Presentation {
  readonly #options: PresentationOptions;
  readonly #clock: SegmentClock;
  readonly #renditions: Renditions;
  readonly #routing: EncoderRouting;
  readonly #outages: Outages;
  readonly #arrivals: Arrivals;
  readonly #lateSources: LateSources;
  readonly #cue = new KeyframeCue();
  #run: RunTimeline | undefined;
  #isEnded = false;
  #lastTickUs = 0;

  constructor(options: PresentationOptions) {
    this.#options = options;
    const { limits, segmentUs, firstMsn } = options;
    this.#outages = new Outages(options.epochMs);
    this.#clock = new SegmentClock(segmentUs, limits.targetDurationS, firstMsn);
    this.#renditions = new Renditions(options, this.#clock);
    this.#routing = new EncoderRouting(this.#renditions, this.#clock);
    this.#arrivals = new Arrivals(this.#renditions.ids);
    this.#lateSources = new LateSources(this.#renditions, this.#routing, this.#clock);
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get epochMs(): number {
    return this.#options.epochMs;
  }

  /** True while every track of a run is being published. */
  isFlowing(nowUs: number): boolean {
    const run = this.#run;
    return run?.isPlaced === true && !this.#arrivals.isAnySilent(run.begunUs, nowUs);
  }

  /** True while a run has not brought something of every track yet. */
  get isStarting(): boolean {
    return this.#run?.isPlaced === false;
  }

  /** For how long the run's quietest track has brought nothing, in us; 0 without a run. */
  silentUs(nowUs: number): number {
    return this.#run === undefined ? 0 : this.#arrivals.silentUs(this.#run.begunUs, nowUs);
  }

  /** Frames that the camera has left out so far. */
  get heldTotal(): number {
    return this.#renditions.heldTotal;
  }

  tracks(): readonly Track[] {
    return this.#renditions.tracks();
  }

  /** Lost stretches that still map to a listed segment (RFC 8216bis §4.4.5.1). */
  dateRanges(): readonly DateRange[] {
    return this.#outages.listed(this.#renditions.oldestListedUs);
  }

  /** IDs of stretches that have left the playlists, newest last. */
  removedDateRangeIds(): readonly string[] {
    return this.#outages.removedIds(this.#renditions.oldestListedUs, this.limits.windowS);
  }

  /** Media time of a unit of the present run, in us; undefined before the run has its place in time. */
  timeOf(kind: TrackKind, runningUs: number): number | undefined {
    return this.#run?.timeOf(kind, runningUs);
  }

  kindOf(trackId: string): TrackKind | undefined {
    return this.#renditions.kindOf(trackId);
  }

  /**
   * Other renditions stand in for these, and nobody reads their own encoders any
   * more: they rest. All others are what their own encoders give.
   *
   * Under way it falls on a key frame, with a discontinuity and another init
   * section in all renditions' same segment (RFC 8216bis §4.4.4.3, §6.2.4): who
   * watches one of them goes on watching, and a recording goes on.
   */
  setStandIns(standIns: Readonly<Record<string, string>>): void {
    this.#routing.setStandIns(standIns);
    if (!this.#run?.isPlaced) this.#routing.settle();
  }

  /** Who stands in for whom now, and whose encoders may rest. */
  get standIns(): Pick<EncoderRouting['standIns'], 'now' | 'resting' | 'readersOf' | 'offeredFor'> {
    return this.#routing.standIns;
  }

  /** True when key frames are to be forced in all encoders: see {@link KeyframeCue}. */
  wantsKeyframes(): boolean {
    return this.#cue.isDue(this.#clock.newest?.msn, this.#routing.standIns.isAnyReturning);
  }

  /** Capture has (re)started; its tracks' first units follow. */
  beginRun(stampings: Readonly<Record<TrackKind, Stamping>>, nowUs: number): void {
    this.endRun();
    this.#routing.settle();
    this.#lateSources.beginRun();
    this.#run = new RunTimeline(stampings, nowUs);
  }

  /** A track's caps arrived; false where the box cannot carry them, or not in the same run. */
  setCaps(trackId: string, caps: string): boolean {
    const format = parseCaps(caps);
    return format !== undefined && this.#routing.setFormat(trackId, format);
  }

  add(trackId: string, unit: ArrivedUnit): void {
    const run = this.#run;
    const kind = this.kindOf(trackId);
    const readers = this.standIns.readersOf(trackId);
    if (run === undefined || kind === undefined || this.#isEnded || readers.length === 0) return;
    for (const id of readers) {
      if (this.#routing.standIns.sourceOf(id) === trackId) this.#arrivals.note(id, unit.arrivedUs);
    }
    if (run.isPlaced) {
      this.#publish(run, { trackId, kind, unit });
      return;
    }
    run.hold({ trackId, kind, unit });
    this.#startRunIfDue(run, unit.arrivedUs);
  }

  /** Capture has died, or a pipe broke: what follows is lost until the next run. */
  endRun(): void {
    if (this.#run?.isPlaced) {
      this.#renditions.changeAll((cutter) => cutter.break());
      this.#outages.begin(this.#renditions.earliestEndUs());
    }
    this.#run = undefined;
  }

  /** How often to tick: a few times a part, and so that a late one is no pause yet. */
  get tickEveryMs(): number {
    const perPartMs = (this.limits.partTargetS * 1000) / TICKS_PER_PART;
    return Math.min(perPartMs, PAUSED_US / 1000 / TICKS_PER_PART);
  }

  /** Keeps time: publishes gaps for what does not come. */
  tick(nowUs: number): void {
    const run = this.#run;
    if (run !== undefined) this.#startRunIfDue(run, nowUs);
    // After a pause of this very process the units are in the pipes still, and come first.
    const sinceTickUs = nowUs - this.#lastTickUs;
    this.#lastTickUs = nowUs;
    if (sinceTickUs > PAUSED_US) return;
    if (this.#isEnded || this.#clock.newest === undefined || run?.isHolding) return;
    for (const id of this.#renditions.ids) {
      if (run?.isPlaced && !this.#arrivals.isSilent(id, nowUs)) continue;
      this.#renditions.change(id, (cutter) => {
        cutter.break();
        cutter.fillWhole(nowUs - GAP_SLACK_US, nowUs / 1000);
      });
    }
  }

  /** A drop begins: what was published before the segment that is open is for nobody. */
  listFromNow(nowUs: number): void {
    for (const { window } of this.tracks()) window.listFromNow(nowUs / 1000);
  }

  /** The drop is over: ENDLIST in every playlist. */
  end(nowUs: number): void {
    this.#isEnded = true;
    this.#renditions.changeAll((cutter) => cutter.end(nowUs / 1000));
  }

  /** Opens the segment that everything of a new run starts in, once it is known where that is. */
  #startRunIfDue(run: RunTimeline, nowUs: number): void {
    if (run.isPlaced || !run.isJudgeable(this.#routing.standIns.sources(), nowUs)) return;
    const { startUs, held } = run.place(this.#renditions.latestEndUs());
    const isFirst = this.#clock.newest === undefined;
    this.#clock.begin(startUs, !isFirst);
    this.#outages.end(startUs);
    for (const one of held) this.#publish(run, one);
  }

  #publish(run: RunTimeline, { trackId, kind, unit }: HeldUnit): void {
    const timeline = run.groupOf(kind, unit);
    timeline.observe(unit.runningUs, unit.arrivedUs);
    if (this.#routing.standIns.sourceOf(trackId) === trackId) {
      this.#lateSources.follow(run, timeline, trackId, unit);
    }
    const { isKeyframe, isDiscont, data, arrivedUs, runningUs } = unit;
    const timeUs = timeline.place(runningUs);
    this.#routing.give(trackId, { timeUs, isKeyframe, isDiscont, data, arrivedUs });
  }
}
