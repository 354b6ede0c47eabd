/** The packager: access units of one capture run after another in, one continuous presentation out. */
import { parseCaps } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { DateRange } from '../hls/playlist.ts';
import { Arrivals } from './arrivals.ts';
import { EncoderRouting } from './encoder-routing.ts';
import type { Slate } from './filler.ts';
import { KeyframeRequests } from './keyframe-requests.ts';
import { Outages } from './outages.ts';
import { Renditions, type RenditionsOptions } from './renditions.ts';
import type { BufferedUnit } from './run-start.ts';
import { RunTimeline } from './run-timeline.ts';
import { SegmentClock } from './segment-clock.ts';
import type { ArrivedUnit, Track, TrackKind } from './track.ts';

export interface PresentationOptions extends RenditionsOptions {
  readonly segmentUs: number;
  /** Unix time of media time 0, in ms; does not change once media arrives. */
  readonly epochMs: number;
  readonly firstMsn: number;
}

/** A part in place of lost media comes so much too late: a run that starts can still begin there. */
const FILL_DELAY_US = 100_000;
/** A track of a run that goes on is filled when it has had no access unit for so long. */
const SILENT_MAX_US = 300_000;

/** A longer time between two ticks means that this process was blocked. */
const PAUSED_US = 200_000;
const TICKS_PER_PART = 4;

/** All renditions of the box's stream. Pure except for its state: times come in as arguments. */
export class Presentation {
  readonly #options: PresentationOptions;
  readonly #clock: SegmentClock;
  readonly #renditions: Renditions;
  readonly #routing: EncoderRouting;
  readonly #outages: Outages;
  readonly #arrivals: Arrivals;
  readonly #keyframeRequests = new KeyframeRequests();
  #run: RunTimeline | undefined;
  /** See {@link RunTimeline.delayUs}: of the last run that has one. */
  #delayUs: number | undefined;
  #isEnded = false;
  #lastTickUs = 0;

  constructor(options: PresentationOptions) {
    this.#options = options;
    const { limits, segmentUs, firstMsn } = options;
    this.#outages = new Outages(() => options.epochMs);
    this.#clock = new SegmentClock(segmentUs, limits.targetDurationS, firstMsn);
    this.#renditions = new Renditions(options, this.#clock);
    this.#routing = new EncoderRouting(this.#renditions, this.#clock);
    this.#arrivals = new Arrivals(this.#renditions.ids);
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get epochMs(): number {
    return this.#options.epochMs;
  }

  /** Undefined before the first segment. */
  get newestMsn(): number | undefined {
    return this.#clock.newest?.msn;
  }

  /** True while every track of a run is being published. */
  isFlowing(nowUs: number): boolean {
    const { isPlaced = false, begunUs = 0 } = this.#run ?? {};
    return isPlaced && !this.#arrivals.isAnyStalled(begunUs, nowUs);
  }

  /** Since a track of the run had its last access unit, in us; 0 without a run. */
  stalledUs(nowUs: number): number {
    return this.#run === undefined ? 0 : this.#arrivals.stalledUs(this.#run.begunUs, nowUs);
  }

  /** Frames that the camera left out since the start, covered by repeating others. */
  get repeatedFramesTotal(): number {
    return this.#renditions.repeatedFramesTotal;
  }

  tracks(): readonly Track[] {
    return this.#renditions.tracks();
  }

  /** Lost media that still maps to a listed segment (RFC 8216bis §4.4.5.1). */
  dateRanges(): readonly DateRange[] {
    return this.#outages.listed(this.#renditions.oldestListedUs);
  }

  /** IDs of date ranges that have left the playlists, newest last. */
  removedDateRangeIds(): readonly string[] {
    return this.#outages.removedIds(this.#renditions.oldestListedUs, this.limits.windowS);
  }

  /** Media time of a unit of the present run, in us; undefined before the run is placed. */
  timeOf(runningUs: number): number | undefined {
    return this.#run?.timeOf(runningUs);
  }

  kindOf(trackId: string): TrackKind | undefined {
    return this.#renditions.kindOf(trackId);
  }

  /**
   * Replaces these renditions' pictures by those of others, so that their own encoders
   * can be suspended. While a run is live that happens at a key frame, with a
   * discontinuity and another init section in the same segment of all renditions
   * (RFC 8216bis §4.4.4.3, §6.2.4).
   *
   * @param substitutes By rendition, the one that replaces it; others are their own.
   */
  setSubstitutes(substitutes: Readonly<Record<string, string>>): void {
    this.#routing.setSubstitutes(substitutes);
    if (!this.#run?.isPlaced) this.#routing.settle();
  }

  /** Which rendition substitutes for which now, and which encoders may be suspended. */
  get substitutes(): EncoderRouting['substitutes'] {
    return this.#routing.substitutes;
  }

  /** True when key frames must be forced in all encoders: see {@link KeyframeRequests}. */
  wantsKeyframes(): boolean {
    return this.#keyframeRequests.isDue(this.newestMsn, this.#routing.substitutes.isAnyResuming);
  }

  /** Capture has (re)started; its tracks' first units follow. */
  beginRun(nowUs: number): void {
    this.endRun();
    this.#routing.settle();
    this.#run = new RunTimeline(nowUs);
  }

  /** @param clockUs Media time at running time 0 of the present run, by the machine's clock. */
  setRunClock(clockUs: number): void {
    if (this.#run === undefined) return;
    this.#run.clockUs = clockUs;
    this.#delayUs ??= this.#run.delayUs;
  }

  /** A track's caps; false where the box cannot package them, or not within this run. */
  setCaps(trackId: string, caps: string): boolean {
    const format = parseCaps(caps);
    return format !== undefined && this.#routing.setFormat(trackId, format);
  }

  /** What is shown while no encoder runs, two seconds after the last picture. */
  setSlates(slates: readonly Slate[]): void {
    this.#renditions.changeAll((cutter) => cutter.setSlates(slates));
  }

  add(trackId: string, unit: ArrivedUnit): void {
    const run = this.#run;
    const kind = this.kindOf(trackId);
    const readers = this.substitutes.readersOf(trackId);
    if (run === undefined || kind === undefined || this.#isEnded || readers.length === 0) return;
    for (const id of readers) {
      if (this.#routing.substitutes.sourceOf(id) === trackId)
        this.#arrivals.add(id, unit.arrivedUs);
    }
    if (run.isPlaced) {
      this.#publish(run, { trackId, kind, unit });
      return;
    }
    run.buffer({ trackId, kind, unit });
    this.#startRunIfDue(run, unit.arrivedUs);
  }

  /** Capture has ended or failed: media is replaced until the next run. */
  endRun(): void {
    if (this.#run?.isPlaced) {
      this.#renditions.changeAll((cutter) => cutter.break());
      this.#outages.begin(this.#renditions.earliestEndUs());
    }
    this.#run = undefined;
  }

  /** How often to tick: a few times per part, and often enough that one late tick is no pause. */
  get tickEveryMs(): number {
    return Math.min(this.limits.partTargetS * 1000, PAUSED_US / 1000) / TICKS_PER_PART;
  }

  /** Publishes parts in place of media that does not arrive. */
  tick(nowUs: number): void {
    const run = this.#run;
    if (run !== undefined) this.#startRunIfDue(run, nowUs);
    // After a pause of this process the units are still in the FIFOs and are read first.
    const sinceTickUs = nowUs - this.#lastTickUs;
    this.#lastTickUs = nowUs;
    if (sinceTickUs > PAUSED_US) return;
    if (this.#isEnded || this.#clock.newest === undefined) return;
    for (const id of this.#renditions.ids) {
      const isSilent = this.#arrivals.silentUs(id, nowUs) >= SILENT_MAX_US;
      if (!isSilent && !this.#renditions.isBroken(id)) continue;
      const untilUs = nowUs - this.#arrivals.delayUs(id) - FILL_DELAY_US;
      this.#renditions.change(id, (cutter) => {
        if (isSilent) cutter.break();
        cutter.fill(untilUs, nowUs / 1000);
      });
    }
  }

  /** A drop begins: the playlists list nothing from before the open segment. */
  listFromNow(nowUs: number): void {
    for (const { window } of this.tracks()) window.listFromNow(nowUs / 1000);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The drop is over: ENDLIST in every playlist. */
  end(nowUs: number): void {
    this.#isEnded = true;
    this.#renditions.changeAll((cutter) => cutter.end(nowUs / 1000));
  }

  /** Opens the first segment of a new run, once the run's start is known. */
  #startRunIfDue(run: RunTimeline, nowUs: number): void {
    if (run.isPlaced) return;
    const sources = this.#routing.substitutes.sources();
    const isFirst = this.#clock.newest === undefined;
    const videos = sources.filter((id) => this.kindOf(id) === 'video');
    const placed = isFirst
      ? run.placeFirst(sources, nowUs)
      : run.placeNext(videos, this.#renditions.end(), this.#delayUs, nowUs);
    if (placed === undefined) return;
    this.#delayUs ??= run.delayUs;
    this.#clock.beginRun(placed.startUs, !isFirst && !this.#renditions.canContinue);
    this.#outages.end(placed.startUs);
    // Video opens the segment, whose start the sound then follows.
    for (const kind of ['video', 'audio']) {
      for (const one of placed.buffered) if (one.kind === kind) this.#publish(run, one);
    }
  }

  #publish(run: RunTimeline, { trackId, unit }: BufferedUnit): void {
    const { isKeyframe, isDiscont, data, arrivedUs, runningUs } = unit;
    const timeUs = run.timeOf(runningUs);
    if (timeUs === undefined) return;
    const readers = this.substitutes.readersOf(trackId);
    for (const id of readers) this.#arrivals.addDelay(id, timeUs, arrivedUs);
    this.#routing.route(trackId, { timeUs, isKeyframe, isDiscont, data, arrivedUs });
  }
}
