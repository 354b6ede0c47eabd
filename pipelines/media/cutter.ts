import type { TrackFormat } from '../gdp/caps.ts';
import { type Limits, SHORTEST_PART } from '../hls/limits.ts';
import type { RenditionWindow } from '../hls/window.ts';
import { renderPart, type Sample } from './cmaf.ts';
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

/** Frames of one part; RFC 8216bis §4.4.4.9 wants 85 % of the part target and never more than it. */
export function framesPerPart(format: TrackFormat, partTargetS: number): number {
  const frameS = format.frameTicks / format.timescale;
  const most = Math.max(1, Math.floor(partTargetS / frameS + 1e-6));
  if (format.kind === 'video') return most;
  // Fewer, when that makes the last part of a one-second segment no sliver.
  const least = Math.max(1, Math.ceil((SHORTEST_PART * partTargetS) / frameS - 1e-6));
  const partsPerS = (frames: number) => Math.ceil(1 / frameS / frames);
  for (let frames = least; frames < most; frames += 1) {
    if (partsPerS(frames) <= partsPerS(most)) return frames;
  }
  return most;
}

/**
 * Cuts one track into parts and segments, and fills what is lost with gaps.
 *
 * Durations are nominal (a frame count), so a part is whole with its last
 * frame and never waits for the next one to learn its length.
 */
export class TrackCutter {
  readonly #window: RenditionWindow;
  readonly #clock: SegmentClock;
  readonly #limits: Limits;
  #format: TrackFormat | undefined;
  #initId: string | undefined;
  #framesPerPart = 1;
  #msn: number | undefined;
  #isOpen = false;
  #isBroken = true;
  #pending: Sample[] = [];
  #pendingTicksLong = 0;
  /** tfdt of the first pending sample. */
  #pendingTicks = 0;
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
    return this.#format;
  }

  /** The track's format is known, or is another from the next segment on. */
  setFormat(format: TrackFormat, initId: string): void {
    this.#format = format;
    this.#initId = initId;
    this.#framesPerPart = framesPerPart(format, this.#limits.partTargetS);
  }

  add(unit: Unit, nowMs: number): void {
    if (this.#format === undefined) return;
    const held = this.#isBroken ? 0 : this.#countHeld(unit);
    if (held === undefined) this.#break();
    if (this.#isBroken) {
      if (!this.#isDecodable(unit) || !this.#canResumeAt(unit.timeUs)) return;
      this.#resume(unit.timeUs, nowMs);
    }
    if (!this.#place(unit, nowMs)) return;
    this.#append(unit, this.#stretchPending(held ?? 0));
    if (this.#isPartFull()) this.#flush();
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
    const isSourceHole = this.#format?.kind === 'video' && !unit.isDiscont && missingUs > 0;
    return isSourceHole && frames < this.#framesPerPart ? frames : undefined;
  }

  /** Gives what it can of the missing frames to the part under way; returns the rest. */
  #stretchPending(frames: number): number {
    const frameTicks = this.#format?.frameTicks ?? 0;
    this.#heldTotal += frames;
    let rest = frames;
    while (rest > 0 && this.#pending.length > 0 && !this.#isPartFull()) {
      const last = this.#pending.pop() as Sample;
      this.#pending.push({ ...last, durationTicks: last.durationTicks + frameTicks });
      this.#pendingTicksLong += frameTicks;
      rest -= 1;
    }
    if (this.#isPartFull()) this.#flush();
    return rest;
  }

  #isPartFull(): boolean {
    return this.#pendingTicksLong >= this.#framesPerPart * (this.#format?.frameTicks ?? 1);
  }

  #isDecodable(unit: Unit): boolean {
    return unit.isKeyframe || this.#format?.kind === 'audio';
  }

  #frameUs(): number {
    const { frameTicks = 0, timescale = 1 } = this.#format ?? {};
    return (frameTicks * 1e6) / timescale;
  }

  #toleranceUs(): number {
    return this.#frameUs() * (this.#format?.kind === 'audio' ? AUDIO_CREEP_FRAMES : 0.5);
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
    const isVideo = this.#format?.kind === 'video';
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

  #append(unit: Unit, held: number): void {
    const format = this.#format;
    if (format === undefined) return;
    if (this.#pending.length === 0) {
      const ticks = Math.round((this.#endUs * format.timescale) / 1e6);
      const crept = held === 0 && Math.abs(unit.timeUs - this.#endUs) > this.#frameUs() / 2;
      this.#pendingTicks = crept ? Math.round((unit.timeUs * format.timescale) / 1e6) : ticks;
    }
    const { data, isKeyframe } = unit;
    const durationTicks = (1 + held) * format.frameTicks;
    this.#pending.push({ data, isKeyframe, durationTicks });
    this.#pendingTicksLong += durationTicks;
    this.#endUs = ((this.#pendingTicks + this.#pendingTicksLong) * 1e6) / format.timescale;
  }

  #flush(): void {
    const format = this.#format;
    if (format === undefined || this.#pending.length === 0) return;
    this.#sequence += 1;
    this.#window.addPart({
      durationS: this.#pendingTicksLong / format.timescale,
      isIndependent: format.kind === 'audio' || this.#pending.some((sample) => sample.isKeyframe),
      bytes: renderPart(this.#sequence, this.#pendingTicks, this.#pending),
    });
    this.#pending = [];
    this.#pendingTicksLong = 0;
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
    if (this.#format?.kind === 'video') {
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
