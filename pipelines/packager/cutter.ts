/** Cuts one track into parts and segments. */
import type { TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { RenditionWindow } from '../hls/window.ts';
import { isSameFormat } from './encoding.ts';
import type { Slate } from './filler.ts';
import type { PartDraft } from './part-draft.ts';
import { PartWriter } from './part-writer.ts';
import type { SegmentClock } from './segment-clock.ts';
import type { AccessUnit, OnFrame } from './track.ts';

/** An audio track may drift by this many frames before that counts as lost media. */
const AUDIO_DRIFT_FRAMES = 3;

/** A format that differs from that of what is published, and its init section. */
interface NextFormat {
  readonly format: TrackFormat;
  readonly initId: string;
}

/**
 * Where media is lost the last key frame goes on, or silence. Parts have GAP=YES only
 * where there is none of that.
 */
export class TrackCutter {
  readonly #writer: PartWriter;
  readonly #limits: Limits;
  #next: NextFormat | undefined;
  #isBroken = true;
  #repeatedFramesTotal = 0;

  constructor(window: RenditionWindow, clock: SegmentClock, limits: Limits, onFrame?: OnFrame) {
    this.#writer = new PartWriter(window, clock, limits, onFrame);
    this.#limits = limits;
  }

  /** Media time up to which something is published or pending. */
  get endUs(): number {
    return this.#writer.endUs;
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
    return this.#writer.draft?.format;
  }

  /** True where what follows can be decoded as what was published, and nothing is missing between. */
  get canContinue(): boolean {
    return !this.#writer.segments.hasBegun || (this.#writer.canFill && this.#next === undefined);
  }

  /** The track's format; a change holds from the next segment on. */
  setFormat(format: TrackFormat, initId: string): void {
    const known = this.#writer.draft?.format;
    this.#next = undefined;
    if (
      this.#isBroken &&
      known !== undefined &&
      !isSameFormat(known, format) &&
      this.#writer.canFill
    ) {
      this.#next = { format, initId };
      return;
    }
    this.#useFormat({ format, initId });
  }

  #useFormat({ format, initId }: NextFormat): void {
    const isWaiting = this.#isBroken && this.#writer.draft?.isEmpty !== false;
    this.#writer.setFormat(format, initId, !isWaiting);
  }

  setSlates(slates: readonly Slate[]): void {
    this.#writer.filler.setSlates(slates);
  }

  add(unit: AccessUnit, nowMs: number): void {
    if (this.#writer.draft === undefined) return;
    const repeated = this.#isBroken ? 0 : this.#countMissing(this.#writer.draft, unit);
    if (repeated === undefined) this.break();
    if (this.#isBroken) {
      const isNext =
        isDecodable(this.#writer.draft, unit) && this.#canResumeAt(unit.timeUs, this.#writer.draft);
      if (!isNext) return;
      this.#resume(unit.timeUs, nowMs);
    }
    const draft = this.#writer.draft;
    if (unit.isKeyframe && draft.format.kind === 'video') this.#writer.filler.remember(unit.data);
    if (!this.#openSegmentFor(draft, unit, nowMs)) return;
    this.#repeatedFramesTotal += repeated ?? 0;
    const rest = this.#writer.extendLast(draft, repeated ?? 0);
    if (draft.isComplete) this.#writer.flush();
    this.#writer.append(draft, unit, rest);
    // A segment is complete with its last part, without waiting for the next key frame.
    const isSegmentComplete = this.#writer.segments.isComplete(this.#writer.endUs, draft.format);
    if (draft.isComplete || isSegmentComplete) this.#writer.flush();
    if (isSegmentComplete) this.#writer.segments.close(nowMs);
  }

  /** Media is lost from here on: waits for a key frame. */
  break(): void {
    // A part that cannot be filled up is published as it is.
    if (!this.#writer.canFill) this.#writer.flush();
    this.#isBroken = true;
  }

  /** Publishes complete parts up to `untilUs` in place of lost media, so that no request waits. */
  fill(untilUs: number, nowMs: number): void {
    const draft = this.#writer.draft;
    if (draft !== undefined && this.#writer.canFill) {
      this.#writer.fillParts(draft, untilUs, nowMs);
      return;
    }
    const partUs = this.#limits.partTargetS * 1e6;
    while (this.#writer.segments.hasBegun && this.#writer.endUs + partUs <= untilUs) {
      this.#writer.fillWithGaps(this.#writer.endUs + partUs, nowMs);
    }
  }

  end(nowMs: number): void {
    this.#writer.flush();
    this.#isBroken = true;
    this.#writer.segments.end(nowMs);
  }

  /**
   * Frames missing before this unit that can be covered by repeating their neighbours;
   * undefined where media was lost, or time ran backwards.
   */
  #countMissing(draft: PartDraft, unit: AccessUnit): number | undefined {
    const missingUs = unit.timeUs - this.#writer.endUs;
    if (Math.abs(missingUs) <= toleranceUs(draft)) return 0;
    const frames = Math.round(missingUs / draft.frameUs);
    const isLeftOut = draft.format.kind === 'video' && !unit.isDiscont && missingUs > 0;
    return isLeftOut && frames < draft.partFrames ? frames : undefined;
  }

  /** Media is never published twice, nor from before a new run's common start. */
  #canResumeAt(timeUs: number, draft: PartDraft): boolean {
    const earliestUs = Math.max(
      this.#writer.segments.unopened?.startUs ?? this.#writer.endUs,
      this.#writer.endUs,
    );
    const earlyUs = this.#writer.canFill ? draft.frameUs / 2 : toleranceUs(draft);
    return timeUs >= earliestUs - earlyUs - 1;
  }

  #resume(timeUs: number, nowMs: number): void {
    if (this.#writer.canFill) this.#resumeFilled(timeUs, nowMs);
    else this.#resumeAfterGap(timeUs, nowMs);
    this.#isBroken = false;
  }

  #resumeAfterGap(timeUs: number, nowMs: number): void {
    const { unopened } = this.#writer.segments;
    const isRunStart =
      unopened !== undefined && timeUs - unopened.startUs < this.#limits.partTargetS * 1e6;
    // A run's first segment starts with its first frame, without a short gap before it.
    this.#writer.fillWithGaps(isRunStart ? unopened.startUs : timeUs, nowMs);
    if (isRunStart && this.#writer.segments.isOpen) this.#writer.segments.close(nowMs);
    this.#writer.endUs = timeUs;
  }

  /** The last part goes on with what follows, at the nearest frame. */
  #resumeFilled(timeUs: number, nowMs: number): void {
    if (this.#writer.segments.hasBegun && this.#writer.draft !== undefined) {
      this.#writer.fillParts(this.#writer.draft, timeUs, nowMs);
      const frames = Math.round((timeUs - this.#writer.endUs) / this.#writer.draft.frameUs);
      if (frames > 0 && !this.#writer.segments.isOpen)
        this.#writer.segments.openPlanned(this.#writer.endUs);
      if (frames > 0) this.#writer.appendFill(this.#writer.draft, frames);
    } else this.#writer.endUs = timeUs;
    if (this.#next === undefined) return;
    this.#writer.flush();
    this.#writer.segments.close(nowMs);
    this.#useFormat(this.#next);
    this.#next = undefined;
  }

  /**
   * Opens the segment this unit belongs to, where it is not open yet.
   *
   * @returns false where it would start with a frame that depends on others.
   */
  #openSegmentFor({ format }: PartDraft, unit: AccessUnit, nowMs: number): boolean {
    if (this.#writer.segments.take(unit, format)) return true;
    if (this.#writer.segments.isOpen) {
      this.#writer.flush();
      this.#writer.segments.close(nowMs);
    }
    if (format.kind === 'audio') {
      this.#writer.segments.openPlanned(unit.timeUs);
      return true;
    }
    if (unit.isKeyframe) this.#writer.segments.openAtKeyframe(unit.timeUs, format);
    else this.break();
    return unit.isKeyframe;
  }
}

function isDecodable({ format }: PartDraft, unit: AccessUnit): boolean {
  return unit.isKeyframe || format.kind === 'audio';
}

/** How far a unit's time may differ from the expected one. */
function toleranceUs({ format, frameUs }: PartDraft): number {
  return frameUs * (format.kind === 'audio' ? AUDIO_DRIFT_FRAMES : 0.5);
}
