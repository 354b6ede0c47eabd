import { createHash } from 'node:crypto';
import { parseCaps, type TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { DateRange } from '../hls/playlist.ts';
import { RenditionWindow } from '../hls/window.ts';
import { renderInit } from './cmaf.ts';
import { TrackCutter, type Unit } from './cutter.ts';
import { Outages } from './outages.ts';
import { RunTimeline } from './run-timeline.ts';
import { SegmentClock } from './segment-clock.ts';
import type { PlacedUnit } from './splice.ts';
import { StandIns } from './stand-ins.ts';
import type { GroupTimeline, Stamping } from './timeline.ts';
import type { ArrivedUnit, Track, TrackKind } from './track.ts';

export interface PresentationOptions {
  readonly limits: Limits;
  readonly segmentUs: number;
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  readonly tracks: readonly { readonly id: string; readonly kind: TrackKind }[];
  readonly firstMsn: number;
  readonly firstDiscontinuity: number;
  /** Called after a track's playlist changed. */
  readonly onPublish: (trackId: string) => void;
}

/** What a rendition's encoder gives, and the init section that says so. */
interface Encoded {
  readonly format: TrackFormat;
  readonly initId: string;
  readonly init: Buffer;
}

/** A unit on its way to the cutters. */
interface Placed extends PlacedUnit {
  readonly unit: Unit;
  readonly arrivedUs: number;
}

/** A track that brings nothing for so long is lost, though its pipe is open. */
const SILENT_US = 500_000;

/** An encoder that is asked in vain is asked again after so many segments. */
const KEYFRAMES_EVERY_SEGMENTS = 4;

/** Lost parts are told this late, so that a run that is just beginning finds room. */
const GAP_SLACK_US = 250_000;

/** A segment that a discontinuity cuts short is still this long. */
const SHORTEST_SEGMENT_US = 50_000;

/** Between two ticks; more says that this process was held up. */
const PAUSED_US = 200_000;

/** A source that is behind may catch up; after this it gets a new place in time. */
const CATCH_UP_US = 1_000_000;

/**
 * All renditions of what the box sends: takes access units of one capture run
 * after the other, and keeps one unbroken presentation of them.
 *
 * Pure but for its state: times come in as arguments.
 */
export class Presentation {
  readonly #options: PresentationOptions;
  readonly #clock: SegmentClock;
  readonly #cutters = new Map<string, TrackCutter>();
  readonly #windows = new Map<string, RenditionWindow>();
  readonly #standIns: StandIns<Placed>;
  readonly #encoded = new Map<string, Encoded>();
  readonly #outages: Outages;
  readonly #lastArrivalUs = new Map<string, number>();
  #run: RunTimeline | undefined;
  #isEnded = false;
  /** Segment from which on key frames may be asked for. */
  #cueMsn = 0;
  #lastTickUs = 0;
  #behindSinceUs: number | undefined;

  constructor(options: PresentationOptions) {
    this.#options = options;
    const { limits, segmentUs, firstMsn } = options;
    this.#outages = new Outages(options.epochMs);
    this.#standIns = new StandIns(options.tracks.map(({ id }) => id));
    this.#clock = new SegmentClock(segmentUs, limits.targetDurationS, firstMsn);
    for (const { id } of options.tracks) {
      const window = new RenditionWindow(limits, options.firstDiscontinuity);
      this.#windows.set(id, window);
      this.#cutters.set(id, new TrackCutter(window, this.#clock, limits));
    }
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get epochMs(): number {
    return this.#options.epochMs;
  }

  /** True while every track of a run is being published. */
  isFlowing(nowUs: number): boolean {
    return this.#run?.isPlaced === true && this.silentUs(nowUs) < SILENT_US;
  }

  /** True while a run has not brought something of every track yet. */
  get isStarting(): boolean {
    return this.#run?.isPlaced === false;
  }

  /** For how long the run's quietest track has brought nothing, in us; 0 without a run. */
  silentUs(nowUs: number): number {
    const run = this.#run;
    if (run === undefined) return 0;
    const lasts = this.#options.tracks.map(({ id }) => this.#lastArrivalUs.get(id) ?? 0);
    return nowUs - Math.max(run.begunUs, Math.min(...lasts));
  }

  /** Frames that the camera has left out so far. */
  get heldTotal(): number {
    return Math.max(...[...this.#cutters.values()].map(({ heldTotal }) => heldTotal));
  }

  tracks(): readonly Track[] {
    return this.#options.tracks.map(({ id, kind }) => ({
      id,
      kind,
      window: this.#windowOf(id),
      format: this.#cutterOf(id).format,
    }));
  }

  /** Lost stretches that still map to a listed segment (RFC 8216bis §4.4.5.1). */
  dateRanges(): readonly DateRange[] {
    return this.#outages.listed(this.#oldestListedUs());
  }

  /** IDs of stretches that have left the playlists, newest last. */
  removedDateRangeIds(): readonly string[] {
    return this.#outages.removedIds(this.#oldestListedUs(), this.limits.windowS);
  }

  /** Media time of a unit of the present run, in us; undefined before the run has its place in time. */
  timeOf(kind: TrackKind, runningUs: number): number | undefined {
    return this.#run?.timeOf(kind, runningUs);
  }

  kindOf(trackId: string): TrackKind | undefined {
    return this.#options.tracks.find(({ id }) => id === trackId)?.kind;
  }

  /**
   * Other renditions stand in for these, and nobody reads their own encoders any
   * more: see {@link StandIns.resting}. All others are what their own encoders give.
   *
   * Under way it falls on a key frame, with a discontinuity and another init
   * section in all renditions' same segment (RFC 8216bis §4.4.4.3, §6.2.4): who
   * watches one of them goes on watching, and a recording goes on.
   */
  setStandIns(standIns: Readonly<Record<string, string>>): void {
    const isSameKind = ([id, other]: readonly [string, string]) =>
      this.kindOf(other) !== undefined && this.kindOf(other) === this.kindOf(id);
    this.#standIns.set(Object.fromEntries(Object.entries(standIns).filter(isSameKind)));
    if (this.#run?.isPlaced !== true) this.#settle();
  }

  /** Who stands in for whom now, and whose encoders may rest. */
  get standIns(): Pick<StandIns<Placed>, 'now' | 'resting' | 'readersOf' | 'offeredFor'> {
    return this.#standIns;
  }

  /**
   * True when key frames are to be forced in all encoders, so that one that comes
   * back falls in step with the others: early in a segment, which then grows by
   * that little before the sound has come to its end.
   */
  wantsKeyframes(): boolean {
    const newest = this.#clock.newest?.msn;
    if (newest === undefined || !this.#standIns.isAnyReturning) {
      this.#cueMsn = (newest ?? 0) + 1;
      return false;
    }
    if (newest < this.#cueMsn) return false;
    this.#cueMsn = newest + KEYFRAMES_EVERY_SEGMENTS;
    return true;
  }

  /** Capture has (re)started; its tracks' first units follow. */
  beginRun(stampings: Readonly<Record<TrackKind, Stamping>>, nowUs: number): void {
    this.#endRun();
    this.#settle();
    this.#run = new RunTimeline(stampings, nowUs);
  }

  /** A track's caps arrived; false where the box cannot carry them, or not in the same run. */
  setCaps(trackId: string, caps: string): boolean {
    const format = parseCaps(caps);
    if (format === undefined || !this.#cutters.has(trackId)) return false;
    const readers = this.#standIns
      .readersOf(trackId)
      .filter((id) => this.#standIns.sourceOf(id) === trackId);
    const isOther = (cutter: TrackCutter) =>
      !cutter.isBroken && cutter.format !== undefined && !isSameFormat(cutter.format, format);
    if (readers.some((id) => isOther(this.#cutterOf(id)))) return false;
    const init = renderInit(format);
    const initId = createHash('sha256').update(init).digest('base64url').slice(0, 8);
    this.#encoded.set(trackId, { format, initId, init });
    for (const id of readers) this.#takeFormat(id);
    return true;
  }

  add(trackId: string, unit: ArrivedUnit): void {
    const run = this.#run;
    const readers = this.#standIns.readersOf(trackId);
    if (run === undefined || this.#isEnded || readers.length === 0) return;
    for (const id of readers) {
      if (this.#standIns.sourceOf(id) === trackId) this.#lastArrivalUs.set(id, unit.arrivedUs);
    }
    if (run.isPlaced) {
      this.#publish(run, trackId, unit);
      return;
    }
    run.hold({ trackId, kind: this.#kindOf(trackId), unit });
    this.#startRunIfDue(run, unit.arrivedUs);
  }

  /** Capture has died, or a pipe broke: what follows is lost until the next run. */
  endRun(): void {
    this.#endRun();
  }

  /** Keeps time: publishes gaps for what does not come. To be called a few times a part. */
  tick(nowUs: number): void {
    const run = this.#run;
    if (run !== undefined) this.#startRunIfDue(run, nowUs);
    // After a pause of this very process the units are in the pipes still, and come first.
    const sinceTickUs = nowUs - this.#lastTickUs;
    this.#lastTickUs = nowUs;
    if (sinceTickUs > PAUSED_US) return;
    if (this.#isEnded || this.#clock.newest === undefined || run?.isHolding) return;
    for (const [id, cutter] of this.#cutters) {
      const silentUs = nowUs - (this.#lastArrivalUs.get(id) ?? 0);
      if (run?.isPlaced && silentUs < SILENT_US) continue;
      this.#changing(id, () => {
        cutter.break();
        cutter.fillWhole(nowUs - GAP_SLACK_US, nowUs / 1000);
      });
    }
  }

  /** The drop is over: ENDLIST in every playlist. */
  end(nowUs: number): void {
    this.#isEnded = true;
    for (const [id, cutter] of this.#cutters) {
      this.#changing(id, () => cutter.end(nowUs / 1000));
    }
  }

  /** Opens the segment that everything of a new run starts in, once it is known where that is. */
  #startRunIfDue(run: RunTimeline, nowUs: number): void {
    if (run.isPlaced || !run.isJudgeable(this.#standIns.sources(), nowUs)) return;
    const ends = [...this.#cutters.values()].map(({ endUs }) => endUs);
    const { startUs, held } = run.place(Math.max(...ends));
    const isFirst = this.#clock.newest === undefined;
    this.#clock.begin(startUs, !isFirst);
    this.#outages.end(startUs);
    for (const { trackId, unit } of held) this.#publish(run, trackId, unit);
  }

  #publish(run: RunTimeline, trackId: string, unit: ArrivedUnit): void {
    const timeline = run.groupOf(this.#kindOf(trackId), unit);
    timeline.observe(unit.runningUs, unit.arrivedUs);
    if (this.#standIns.sourceOf(trackId) === trackId) {
      this.#followSource(run, timeline, trackId, unit);
    }
    const { isKeyframe, isDiscont, data, arrivedUs } = unit;
    const timeUs = timeline.place(unit.runningUs);
    const placed = { timeUs, isKeyframe, arrivedUs, unit: { timeUs, isKeyframe, isDiscont, data } };
    for (const id of this.#standIns.readersOf(trackId)) this.#give(id, trackId, placed);
  }

  /** To the track that reads it; a change of source may hold it back, or be complete with it. */
  #give(trackId: string, sourceId: string, placed: Placed): void {
    const format = this.#encoded.get(sourceId)?.format;
    const frameUs = ((format?.frameTicks ?? 0) * 1e6) / (format?.timescale ?? 1);
    const turnAt = (keyframeUs: number): number | undefined => {
      // Only a key frame of the common grid opens a segment, and so can the one after it.
      if (!this.#clock.hasStartNear(keyframeUs, frameUs / 2)) return undefined;
      const atUs = keyframeUs + this.#clock.segmentUs;
      this.#clock.breakAt(atUs);
      return atUs;
    };
    const taken = this.#standIns.take(trackId, sourceId, placed, frameUs, turnAt);
    const { units, hasTurned } = taken;
    if (hasTurned) this.#takeFormat(trackId);
    for (const { unit, arrivedUs } of units) {
      this.#changing(trackId, () => this.#cutterOf(trackId).add(unit, arrivedUs / 1000));
    }
  }

  /** Changes under way are carried out where everything begins anew. */
  #settle(): void {
    for (const id of this.#standIns.settle()) this.#takeFormat(id);
  }

  /** The track is what its source encodes, from its next segment on. */
  #takeFormat(trackId: string): void {
    const encoded = this.#encoded.get(this.#standIns.sourceOf(trackId));
    if (encoded === undefined) return;
    this.#windowOf(trackId).addInit(encoded.initId, encoded.init);
    this.#cutterOf(trackId).setFormat(encoded.format, encoded.initId);
  }

  /** Gives a source that lags for good, or came back after a pause, a new place in time. */
  #followSource(
    run: RunTimeline,
    timeline: GroupTimeline,
    trackId: string,
    unit: ArrivedUnit,
  ): void {
    const cutter = this.#cutterOf(trackId);
    const placedUs = timeline.place(unit.runningUs);
    const isBehind = placedUs < cutter.endUs - SILENT_US / 10;
    if (isBehind) this.#behindSinceUs ??= unit.arrivedUs;
    else if (!cutter.isBroken) this.#behindSinceUs = undefined;
    const isLeftBehind = isBehind && unit.arrivedUs - (this.#behindSinceUs ?? 0) > CATCH_UP_US;
    if (!unit.isKeyframe || !(isLeftBehind || timeline.hasDrifted())) return;
    this.#behindSinceUs = undefined;
    // Every rendition must meet the discontinuity in the same segment.
    const moving = run.movingWith(timeline);
    const group = this.#options.tracks.filter(({ kind }) => moving.has(kind));
    const endUs = Math.max(...group.map(({ id }) => this.#cutterOf(id).endUs));
    const newestUs = this.#clock.newest?.startUs ?? 0;
    const startUs = Math.max(unit.arrivedUs, endUs, newestUs + SHORTEST_SEGMENT_US);
    for (const other of moving.values()) other.shift(startUs - placedUs);
    this.#settle();
    for (const { id } of group) {
      this.#changing(id, () => this.#cutterOf(id).break());
    }
    this.#clock.begin(startUs, true);
  }

  #endRun(): void {
    if (this.#run?.isPlaced) {
      for (const [id, cutter] of this.#cutters) {
        this.#changing(id, () => cutter.break());
      }
      const ends = [...this.#cutters.values()].map(({ endUs }) => endUs);
      this.#outages.begin(Math.min(...ends));
    }
    this.#run = undefined;
  }

  #changing(trackId: string, change: () => void): void {
    const window = this.#windowOf(trackId);
    const before = window.version;
    change();
    if (window.version !== before) this.#options.onPublish(trackId);
  }

  #oldestListedUs(): number {
    const firsts = [...this.#windows.values()].map((window) => window.listed()[0]?.startUs);
    return Math.min(...firsts.filter((startUs) => startUs !== undefined));
  }

  #kindOf(trackId: string): TrackKind {
    return this.kindOf(trackId) ?? 'video';
  }

  #windowOf(id: string): RenditionWindow {
    const window = this.#windows.get(id);
    if (window === undefined) throw new Error(`no track ${id}`);
    return window;
  }

  #cutterOf(id: string): TrackCutter {
    const cutter = this.#cutters.get(id);
    if (cutter === undefined) throw new Error(`no track ${id}`);
    return cutter;
  }
}

function isSameFormat(a: TrackFormat | undefined, b: TrackFormat): boolean {
  return a?.codec === b.codec && a.decoderConfig.equals(b.decoderConfig);
}
