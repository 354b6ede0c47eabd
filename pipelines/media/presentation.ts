import { createHash } from 'node:crypto';
import { parseCaps, type TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { DateRange } from '../hls/playlist.ts';
import { RenditionWindow } from '../hls/window.ts';
import { renderInit } from './cmaf.ts';
import { TrackCutter } from './cutter.ts';
import { Outages } from './outages.ts';
import { findFirstUnits, findStart, type HeldUnit, isJudgeable } from './run-start.ts';
import { SegmentClock } from './segment-clock.ts';
import { chooseOrigins, GroupTimeline, type Stamping } from './timeline.ts';

export type TrackKind = 'video' | 'audio';

/** One encoded access unit as it came in. */
export interface ArrivedUnit {
  /** Running time of the capture pipeline, in us. */
  readonly runningUs: number;
  readonly isKeyframe: boolean;
  readonly isDiscont: boolean;
  readonly data: Buffer;
  /** Media time at which it arrived, in us. */
  readonly arrivedUs: number;
}

export interface Track {
  readonly id: string;
  readonly kind: TrackKind;
  readonly window: RenditionWindow;
  /** Known from the first capture run on. */
  readonly format: TrackFormat | undefined;
}

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

/** A capture run: its tracks' clocks, and what is held back until all have begun. */
interface Run {
  readonly stampings: Readonly<Record<TrackKind, Stamping>>;
  readonly held: HeldUnit[];
  readonly begunUs: number;
  timelines: Map<TrackKind, GroupTimeline> | undefined;
}

/** A track that brings nothing for so long is lost, though its pipe is open. */
const SILENT_US = 500_000;

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
  readonly #outages: Outages;
  readonly #lastArrivalUs = new Map<string, number>();
  #run: Run | undefined;
  #isEnded = false;
  #lastTickUs = 0;
  #behindSinceUs: number | undefined;

  constructor(options: PresentationOptions) {
    this.#options = options;
    const { limits, segmentUs, firstMsn } = options;
    this.#outages = new Outages(options.epochMs);
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
    return this.#run?.timelines !== undefined && this.silentUs(nowUs) < SILENT_US;
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
    return this.#run?.timelines?.get(kind)?.place(runningUs);
  }

  kindOf(trackId: string): TrackKind | undefined {
    return this.#options.tracks.find(({ id }) => id === trackId)?.kind;
  }

  /** Capture has (re)started; its tracks' first units follow. */
  beginRun(stampings: Readonly<Record<TrackKind, Stamping>>, nowUs: number): void {
    this.#endRun();
    this.#run = { stampings, held: [], begunUs: nowUs, timelines: undefined };
  }

  /** A track's caps arrived; false where the box cannot carry them, or not in the same run. */
  setCaps(trackId: string, caps: string): boolean {
    const format = parseCaps(caps);
    const cutter = this.#cutters.get(trackId);
    if (format === undefined || cutter === undefined) return false;
    const isRunning = !cutter.isBroken && cutter.format !== undefined;
    if (isRunning && !isSameFormat(cutter.format, format)) return false;
    const init = renderInit(format);
    const id = createHash('sha256').update(init).digest('base64url').slice(0, 8);
    this.#windowOf(trackId).addInit(id, init);
    cutter.setFormat(format, id);
    return true;
  }

  add(trackId: string, unit: ArrivedUnit): void {
    const run = this.#run;
    if (run === undefined || this.#isEnded || !this.#cutters.has(trackId)) return;
    this.#lastArrivalUs.set(trackId, unit.arrivedUs);
    if (run.timelines !== undefined) {
      this.#publish(run.timelines, trackId, unit);
      return;
    }
    run.held.push({ trackId, kind: this.#kindOf(trackId), unit });
    if (this.#isJudgeable(run, unit.arrivedUs)) this.#startRun(run);
  }

  /** Capture has died, or a pipe broke: what follows is lost until the next run. */
  endRun(): void {
    this.#endRun();
  }

  /** Keeps time: publishes gaps for what does not come. To be called a few times a part. */
  tick(nowUs: number): void {
    const run = this.#run;
    if (run !== undefined && run.timelines === undefined && run.held.length > 0) {
      if (this.#isJudgeable(run, nowUs)) this.#startRun(run);
    }
    // After a pause of this very process the units are in the pipes still, and come first.
    const sinceTickUs = nowUs - this.#lastTickUs;
    this.#lastTickUs = nowUs;
    if (sinceTickUs > PAUSED_US) return;
    const isBeginning = run !== undefined && run.timelines === undefined && run.held.length > 0;
    if (this.#isEnded || this.#clock.newest === undefined || isBeginning) return;
    for (const [id, cutter] of this.#cutters) {
      const silentUs = nowUs - (this.#lastArrivalUs.get(id) ?? 0);
      if (run?.timelines !== undefined && silentUs < SILENT_US) continue;
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

  #isJudgeable({ held }: Run, nowUs: number): boolean {
    const trackIds = this.#options.tracks.map(({ id }) => id);
    return isJudgeable(held, trackIds, nowUs);
  }

  #startRun(run: Run): void {
    const firsts = findFirstUnits(run.held, run.stampings);
    const ends = [...this.#cutters.values()].map(({ endUs }) => endUs);
    const origins = chooseOrigins(firsts, Math.max(...ends));
    run.timelines = new Map(
      firsts.map(({ group, stamping }) => [
        group as TrackKind,
        new GroupTimeline(stamping, origins.get(group) ?? 0),
      ]),
    );
    this.#beginTimeline(findStart(run.held, firsts, origins));
    for (const { trackId, unit } of run.held.splice(0)) {
      this.#publish(run.timelines, trackId, unit);
    }
  }

  /** Opens the segment that everything of a new run starts in. */
  #beginTimeline(startUs: number): void {
    const isFirst = this.#clock.newest === undefined;
    this.#clock.begin(startUs, !isFirst);
    this.#outages.end(startUs);
  }

  #publish(timelines: Map<TrackKind, GroupTimeline>, trackId: string, unit: ArrivedUnit): void {
    const kind = this.#kindOf(trackId);
    const timeline = timelines.get(kind) ?? this.#beginLate(timelines, kind, unit);
    timeline.observe(unit.runningUs, unit.arrivedUs);
    this.#followSource(timelines, timeline, trackId, unit);
    const { isKeyframe, isDiscont, data } = unit;
    const timeUs = timeline.place(unit.runningUs);
    this.#changing(trackId, () =>
      this.#cutterOf(trackId).add({ timeUs, isKeyframe, isDiscont, data }, unit.arrivedUs / 1000),
    );
  }

  /** A group whose first unit came after the run had begun. */
  #beginLate(
    timelines: Map<TrackKind, GroupTimeline>,
    kind: TrackKind,
    unit: ArrivedUnit,
  ): GroupTimeline {
    const stamping = this.#run?.stampings[kind] ?? 'clock';
    const clocked = [...timelines.values()].find((other) => other.stamping === 'clock');
    const shared = stamping === 'clock' ? clocked?.originUs : undefined;
    const timeline = new GroupTimeline(stamping, shared ?? unit.arrivedUs - unit.runningUs);
    timelines.set(kind, timeline);
    return timeline;
  }

  /** Gives a source that lags for good, or came back after a pause, a new place in time. */
  #followSource(
    timelines: ReadonlyMap<TrackKind, GroupTimeline>,
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
    // Picture and sound on one clock move together.
    const moved = [...timelines].filter(
      ([, other]) =>
        other === timeline || (timeline.stamping === 'clock' && other.stamping === 'clock'),
    );
    const group = this.#options.tracks.filter(({ kind }) =>
      moved.some(([other]) => other === kind),
    );
    const endUs = Math.max(...group.map(({ id }) => this.#cutterOf(id).endUs));
    const newestUs = this.#clock.newest?.startUs ?? 0;
    const startUs = Math.max(unit.arrivedUs, endUs, newestUs + SHORTEST_SEGMENT_US);
    for (const [, other] of moved) other.shift(startUs - placedUs);
    for (const { id } of group) {
      this.#changing(id, () => this.#cutterOf(id).break());
    }
    this.#clock.begin(startUs, true);
  }

  #endRun(): void {
    if (this.#run?.timelines !== undefined) {
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
