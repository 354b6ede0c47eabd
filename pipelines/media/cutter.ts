import type { TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { RenditionWindow } from '../hls/window.ts';
import { renderPart } from './cmaf.ts';
import { PartDraft } from './part-draft.ts';
import type { SegmentClock } from './segment-clock.ts';

/** One encoded access unit, placed on the presentation's timeline. */
export interface Unit {
  readonly timeUs: number;
  readonly isKeyframe: boolean;
  /** Units before it were dropped after the encoder: it cannot be decoded without them. */
  readonly isDiscont: boolean;
  readonly data: Buffer;
}

/** An audio track may creep this many frames before it counts as a hole. */
const AUDIO_CREEP_FRAMES = 3;

/** Cuts one track into parts and segments, and fills what is lost with gaps. */
export class TrackCutter {
  readonly #window: RenditionWindow;
  readonly #clock: SegmentClock;
  readonly #limits: Limits;
  /** Undefined while the track's format is not known. */
  #draft: PartDraft | undefined;
  #initId: string | undefined;
  #msn: number | undefined;
  #isOpen = false;
  #isBroken = true;
  #endUs = 0;
  #sequence = 0;
  #heldTotal = 0;
  #unitsSinceKeyframe = 0;

  constructor(window: RenditionWindow, clock: SegmentClock, limits: Limits) {
    this.#window = window;
    this.#clock = clock;
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

  /** Frames that the source left out; each was filled by showing its neighbour longer. */
  get heldTotal(): number {
    return this.#heldTotal;
  }

  get format(): TrackFormat | undefined {
    return this.#draft?.format;
  }

  /** The track's format is known, or is another from the next segment on. */
  setFormat(format: TrackFormat, initId: string): void {
    // Told again while it runs it is the same: the part goes on.
    if (this.#isBroken) this.#draft = new PartDraft(format, this.#limits);
    this.#initId = initId;
  }

  add(unit: Unit, nowMs: number): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    const held = this.#isBroken ? 0 : this.#countHeld(unit);
    if (held === undefined) this.#break();
    if (this.#isBroken) {
      if (!this.#isDecodable(unit) || !this.#canResumeAt(unit.timeUs)) return;
      this.#resume(unit.timeUs, nowMs);
    }
    if (!this.#place(unit, nowMs)) return;
    this.#heldTotal += held ?? 0;
    const rest = draft.stretch(held ?? 0);
    if (draft.isWhole) this.#flush();
    this.#append(draft, unit, rest);
    if (draft.isWhole) this.#flush();
    this.#closeIfDue(nowMs);
  }

  /** Media is lost from here on: publishes what is pending and waits for a key frame. */
  break(): void {
    if (!this.#isBroken) this.#break();
  }

  /** Publishes whole lost parts up to `untilUs`, so that nobody is kept waiting. */
  fillWhole(untilUs: number, nowMs: number): void {
    const partUs = this.#limits.partTargetS * 1e6;
    while (this.#msn !== undefined && this.#endUs + partUs <= untilUs) {
      this.#fillTo(this.#endUs + partUs, nowMs);
    }
  }

  end(nowMs: number): void {
    this.break();
    this.#window.end(nowMs);
  }

  /**
   * Frames missing before this unit that a longer look at their neighbours
   * makes up for; undefined where media was lost, or time ran backwards.
   */
  #countHeld(unit: Unit): number | undefined {
    const missingUs = unit.timeUs - this.#endUs;
    if (Math.abs(missingUs) <= this.#toleranceUs()) return 0;
    const frames = Math.round(missingUs / this.#frameUs());
    const isSourceHole = this.format?.kind === 'video' && !unit.isDiscont && missingUs > 0;
    return isSourceHole && frames < (this.#draft?.framesLong ?? 1) ? frames : undefined;
  }

  #isDecodable(unit: Unit): boolean {
    return unit.isKeyframe || this.format?.kind === 'audio';
  }

  #frameUs(): number {
    return this.#draft?.frameUs ?? 0;
  }

  #toleranceUs(): number {
    return this.#frameUs() * (this.format?.kind === 'audio' ? AUDIO_CREEP_FRAMES : 0.5);
  }

  #break(): void {
    this.#flush();
    this.#isBroken = true;
  }

  /** Nothing is published twice, and nothing from before a new run's common start. */
  #canResumeAt(timeUs: number): boolean {
    const newest = this.#clock.newest;
    const isUnopened = newest !== undefined && newest.msn > (this.#msn ?? -1);
    const earliestUs = isUnopened ? Math.max(newest.startUs, this.#endUs) : this.#endUs;
    return timeUs >= earliestUs - this.#toleranceUs();
  }

  #resume(timeUs: number, nowMs: number): void {
    const newest = this.#clock.newest;
    const isRunStart =
      newest !== undefined &&
      newest.msn > (this.#msn ?? -1) &&
      timeUs - newest.startUs < this.#limits.partTargetS * 1e6;
    // A run's first segment starts with its first frame, and with no sliver of a gap.
    if (this.#msn !== undefined) this.#fillTo(isRunStart ? newest.startUs : timeUs, nowMs);
    if (isRunStart && this.#isOpen) this.#close(nowMs);
    this.#endUs = timeUs;
    this.#isBroken = false;
  }

  /**
   * Opens the segment this unit belongs to, where it is not open yet.
   *
   * @returns false where it would have to start with a frame that needs others.
   */
  #place(unit: Unit, nowMs: number): boolean {
    const isVideo = this.format?.kind === 'video';
    this.#unitsSinceKeyframe = unit.isKeyframe ? 1 : this.#unitsSinceKeyframe + 1;
    const early = unit.timeUs + this.#frameUs() / 2;
    if (this.#isOpen && this.#msn !== undefined) {
      const next = this.#clock.startOf(this.#msn + 1);
      const isDue = !isVideo
        ? early >= this.#clock.endOf(this.#msn)
        : unit.isKeyframe &&
          (next === undefined
            ? this.#clock.mustCut(this.#msn, unit.timeUs)
            : early >= next.startUs);
      if (!isDue) {
        if (unit.isKeyframe && isVideo) this.#clock.postpone(this.#msn, unit.timeUs);
        return true;
      }
      this.#flush();
      this.#close(nowMs);
    }
    if (isVideo && !unit.isKeyframe) {
      this.#break();
      return false;
    }
    this.#open(unit.timeUs, isVideo);
    return true;
  }

  /** @param held Frames before it that it is shown for as well. */
  #append(draft: PartDraft, { timeUs, data, isKeyframe }: Unit, held: number): void {
    if (draft.isEmpty) {
      const hasCrept = held === 0 && Math.abs(timeUs - this.#endUs) > draft.frameUs / 2;
      draft.begin(hasCrept ? timeUs : this.#endUs);
    }
    draft.add(data, isKeyframe, 1 + held);
    this.#endUs = draft.endUs;
  }

  #flush(): void {
    if (this.#draft === undefined || this.#draft.isEmpty) return;
    this.#sequence += 1;
    const { startTicks, samples, durationS, isIndependent } = this.#draft.take();
    const bytes = renderPart(this.#sequence, startTicks, samples);
    this.#window.addPart({ durationS, isIndependent, bytes });
  }

  /** @param isDeciding A key frame: the segment starts with it, whatever was planned. */
  #open(startUs: number, isDeciding: boolean): void {
    const msn = this.#msn === undefined ? undefined : this.#msn + 1;
    const known = msn === undefined ? this.#clock.newest : this.#clock.startOf(msn);
    const planned = () =>
      isDeciding ? this.#clock.begin(startUs, false) : this.#clock.beginPlanned();
    const start = known ?? planned();
    const isOffPlan = isDeciding && Math.abs(startUs - start.startUs) > this.#frameUs() / 2;
    if (isOffPlan) this.#clock.postpone(start.msn, startUs);
    this.#msn = start.msn;
    this.#isOpen = true;
    this.#window.open({
      msn: start.msn,
      startUs,
      isDiscontinuity: start.isDiscontinuity,
      initId: this.#initId,
    });
  }

  #close(nowMs: number): void {
    this.#window.close(nowMs);
    this.#isOpen = false;
  }

  /** Completes the segment with its last part, without waiting for the next key frame. */
  #closeIfDue(nowMs: number): void {
    if (!this.#isOpen || this.#msn === undefined) return;
    if (!this.#isGroupWhole()) return;
    this.#flush();
    this.#close(nowMs);
  }

  /** Video: as many frames as there are from key frame to key frame. Audio: the planned end. */
  #isGroupWhole(): boolean {
    if (this.format?.kind === 'video') {
      return this.#unitsSinceKeyframe >= Math.round(this.#clock.segmentUs / this.#frameUs());
    }
    return this.#endUs + this.#frameUs() / 2 >= this.#clock.endOf(this.#msn ?? 0);
  }

  /** Publishes gaps up to `untilUs`, over as many segments as that takes. */
  #fillTo(untilUs: number, nowMs: number): void {
    const partUs = this.#limits.partTargetS * 1e6;
    // A microsecond is no gap.
    while (this.#msn !== undefined && untilUs - this.#endUs > 1) {
      if (!this.#isOpen) this.#open(this.#endUs, false);
      const segmentEndUs = this.#clock.endOf(this.#msn);
      const endUs = Math.min(
        untilUs,
        this.#endUs + partUs,
        Math.max(segmentEndUs, this.#endUs + 1),
      );
      const durationS = (endUs - this.#endUs) / 1e6;
      this.#window.addPart({ durationS, isIndependent: false, bytes: undefined });
      this.#endUs = endUs;
      if (endUs >= segmentEndUs - 1) this.#close(nowMs);
    }
  }
}
