/** Cuts one track into parts and segments. */
import type { TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { RenditionWindow } from '../hls/window.ts';
import { renderPart } from './cmaf.ts';
import { PartDraft } from './part-draft.ts';
import type { SegmentClock } from './segment-clock.ts';
import { TrackSegments } from './track-segments.ts';

/** One encoded access unit on the presentation's timeline. */
export interface Unit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
  /** Units before it were dropped after the encoder: it cannot be decoded. */
  readonly isDiscont: boolean;
  readonly data: Buffer;
}

/** An audio track may drift by this many frames before that counts as lost media. */
const AUDIO_DRIFT_FRAMES = 3;

/** Lost media becomes parts with GAP=YES. */
export class TrackCutter {
  readonly #segments: TrackSegments;
  readonly #limits: Limits;
  /** Undefined while the track's format is not known. */
  #draft: PartDraft | undefined;
  #isBroken = true;
  #endUs = 0;
  #sequence = 0;
  #repeatedFramesTotal = 0;

  constructor(window: RenditionWindow, clock: SegmentClock, limits: Limits) {
    this.#segments = new TrackSegments(window, clock);
    this.#limits = limits;
  }

  /** Media time up to which something is published or pending. */
  get endUs(): number {
    return this.#endUs;
  }

  /** True while what comes next cannot be decoded: before the first key frame, or after a loss. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Frames that the source left out; for each of them a neighbour is shown longer. */
  get repeatedFramesTotal(): number {
    return this.#repeatedFramesTotal;
  }

  get format(): TrackFormat | undefined {
    return this.#draft?.format;
  }

  /** The track's format; a change holds from the next segment on. */
  setFormat(format: TrackFormat, initId: string): void {
    // While the track runs its format stays the same, and the part goes on.
    if (this.#isBroken) this.#draft = new PartDraft(format, this.#limits);
    this.#segments.initId = initId;
  }

  add(unit: Unit, nowMs: number): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    const repeated = this.#isBroken ? 0 : this.#countMissing(draft, unit);
    if (repeated === undefined) this.break();
    if (this.#isBroken) {
      if (!isDecodable(draft, unit) || !this.#canResumeAt(unit.timeUs, draft)) return;
      this.#resume(unit.timeUs, nowMs);
    }
    if (!this.#openSegmentFor(draft, unit, nowMs)) return;
    this.#repeatedFramesTotal += repeated ?? 0;
    const rest = draft.extendLast(repeated ?? 0);
    if (draft.isComplete) this.#flush();
    this.#append(draft, unit, rest);
    // A segment is complete with its last part, without waiting for the next key frame.
    const isSegmentComplete = this.#segments.isComplete(this.#endUs, draft.format);
    if (draft.isComplete || isSegmentComplete) this.#flush();
    if (isSegmentComplete) this.#segments.close(nowMs);
  }

  /** Media is lost from here on: publishes what is pending and waits for a key frame. */
  break(): void {
    if (!this.#isBroken) this.#flush();
    this.#isBroken = true;
  }

  /** Publishes full-length gaps up to `untilUs`, so that blocked requests are answered. */
  fillWithGaps(untilUs: number, nowMs: number): void {
    const partUs = this.#limits.partTargetS * 1e6;
    while (this.#segments.hasBegun && this.#endUs + partUs <= untilUs) {
      this.#fillTo(this.#endUs + partUs, nowMs);
    }
  }

  end(nowMs: number): void {
    this.break();
    this.#segments.end(nowMs);
  }

  /**
   * Frames missing before this unit that can be covered by repeating their neighbours;
   * undefined where media was lost, or time ran backwards.
   */
  #countMissing(draft: PartDraft, unit: Unit): number | undefined {
    const missingUs = unit.timeUs - this.#endUs;
    if (Math.abs(missingUs) <= toleranceUs(draft)) return 0;
    const frames = Math.round(missingUs / draft.frameUs);
    const isLeftOut = draft.format.kind === 'video' && !unit.isDiscont && missingUs > 0;
    return isLeftOut && frames < draft.partFrames ? frames : undefined;
  }

  /** Media is never published twice, nor from before a new run's common start. */
  #canResumeAt(timeUs: number, draft: PartDraft): boolean {
    const earliestUs = Math.max(this.#segments.unopened?.startUs ?? this.#endUs, this.#endUs);
    return timeUs >= earliestUs - toleranceUs(draft);
  }

  #resume(timeUs: number, nowMs: number): void {
    const { unopened } = this.#segments;
    const isRunStart =
      unopened !== undefined && timeUs - unopened.startUs < this.#limits.partTargetS * 1e6;
    // A run's first segment starts with its first frame, without a short gap before it.
    this.#fillTo(isRunStart ? unopened.startUs : timeUs, nowMs);
    if (isRunStart && this.#segments.isOpen) this.#segments.close(nowMs);
    this.#endUs = timeUs;
    this.#isBroken = false;
  }

  /**
   * Opens the segment this unit belongs to, where it is not open yet.
   *
   * @returns false where it would start with a frame that depends on others.
   */
  #openSegmentFor({ format }: PartDraft, unit: Unit, nowMs: number): boolean {
    if (this.#segments.take(unit, format)) return true;
    if (this.#segments.isOpen) {
      this.#flush();
      this.#segments.close(nowMs);
    }
    if (format.kind === 'audio') {
      this.#segments.openPlanned(unit.timeUs);
      return true;
    }
    if (unit.isKeyframe) this.#segments.openAtKeyframe(unit.timeUs, format);
    else this.break();
    return unit.isKeyframe;
  }

  /** @param repeated Missing frames before it, for which it is shown longer. */
  #append(draft: PartDraft, { timeUs, data, isKeyframe }: Unit, repeated: number): void {
    if (draft.isEmpty) {
      const hasDrifted = repeated === 0 && Math.abs(timeUs - this.#endUs) > draft.frameUs / 2;
      draft.begin(hasDrifted ? timeUs : this.#endUs);
    }
    draft.add(data, isKeyframe, 1 + repeated);
    this.#endUs = draft.endUs;
  }

  #flush(): void {
    if (this.#draft === undefined || this.#draft.isEmpty) return;
    this.#sequence += 1;
    const { startTicks, samples, durationS, isIndependent } = this.#draft.take();
    const bytes = renderPart(this.#sequence, startTicks, samples);
    this.#segments.addPart({ durationS, isIndependent, bytes });
  }

  /** Publishes gaps up to `untilUs`, over as many segments as that takes. */
  #fillTo(untilUs: number, nowMs: number): void {
    const partUs = this.#limits.partTargetS * 1e6;
    // Differences of a microsecond come from rounding.
    while (this.#segments.hasBegun && untilUs - this.#endUs > 1) {
      if (!this.#segments.isOpen) this.#segments.openPlanned(this.#endUs);
      const segmentEndUs = this.#segments.endUs;
      const endUs = Math.min(
        untilUs,
        this.#endUs + partUs,
        Math.max(segmentEndUs, this.#endUs + 1),
      );
      const durationS = (endUs - this.#endUs) / 1e6;
      this.#segments.addPart({ durationS, isIndependent: false, bytes: undefined });
      this.#endUs = endUs;
      if (endUs >= segmentEndUs - 1) this.#segments.close(nowMs);
    }
  }
}

function isDecodable({ format }: PartDraft, unit: Unit): boolean {
  return unit.isKeyframe || format.kind === 'audio';
}

/** How far a unit's time may differ from the expected one. */
function toleranceUs({ format, frameUs }: PartDraft): number {
  return frameUs * (format.kind === 'audio' ? AUDIO_DRIFT_FRAMES : 0.5);
}
