/** Publishes one track's parts, and what replaces lost ones. */
import type { TrackFormat } from '../gdp/caps.ts';
import type { Limits } from '../hls/limits.ts';
import type { RenditionWindow } from '../hls/window.ts';
import { renderPart } from './cmaf.ts';
import { Filler } from './filler.ts';
import { PartDraft } from './part-draft.ts';
import type { SegmentClock } from './segment-clock.ts';
import type { AccessUnit, OnFrame } from './track.ts';
import { TrackSegments } from './track-segments.ts';

/** Which part and segment a track's media go into. */
export class PartWriter {
  readonly segments: TrackSegments;
  readonly filler = new Filler();
  /** Media time up to which something is published or pending. */
  endUs = 0;
  readonly #limits: Limits;
  readonly #onFrame: OnFrame | undefined;
  #draft: PartDraft | undefined;
  #sequence = 0;

  constructor(window: RenditionWindow, clock: SegmentClock, limits: Limits, onFrame?: OnFrame) {
    this.segments = new TrackSegments(window, clock);
    this.#limits = limits;
    this.#onFrame = onFrame;
  }

  /** Undefined while the track's format is not known. */
  get draft(): PartDraft | undefined {
    return this.#draft;
  }

  /** True where lost media is replaced: no gap is published. */
  get canFill(): boolean {
    return this.#draft !== undefined && this.filler.isReady;
  }

  /** The format of what follows, from the next segment on. */
  setFormat(format: TrackFormat, initId: string, isRunning: boolean): void {
    // While the track runs its format stays the same, and the part goes on.
    if (this.#draft === undefined || !isRunning) this.#draft = new PartDraft(format, this.#limits);
    this.filler.setFormat(format);
    this.segments.initId = initId;
  }

  /** Frames are missing: the last one is shown longer, within its part. @returns how many did not fit. */
  extendLast(draft: PartDraft, frames: number): number {
    const rest = draft.extendLast(frames);
    if (rest < frames) this.endUs = draft.endUs;
    return rest;
  }

  /** @param repeated Missing frames before it, for which it is shown longer. */
  append(draft: PartDraft, { timeUs, data, isKeyframe }: AccessUnit, repeated: number): void {
    if (draft.isEmpty) {
      const hasDrifted = repeated === 0 && Math.abs(timeUs - this.endUs) > draft.frameUs / 2;
      draft.begin(hasDrifted ? timeUs : this.endUs);
    }
    this.#add(draft, data, isKeyframe, 1 + repeated);
  }

  #add(draft: PartDraft, data: Buffer, isKeyframe: boolean, frames: number): void {
    const startTicks = draft.endTicks;
    draft.add(data, isKeyframe, frames);
    this.endUs = draft.endUs;
    const { timescale } = draft.format;
    this.#onFrame?.({ startTicks, endTicks: draft.endTicks, timescale, isKeyframe, data });
  }

  flush(): void {
    if (this.#draft === undefined || this.#draft.isEmpty) return;
    this.#sequence += 1;
    const { startTicks, samples, durationS, isIndependent } = this.#draft.take();
    const bytes = renderPart(this.#sequence, startTicks, samples);
    this.segments.addPart({ durationS, isIndependent, bytes });
  }

  /** Complete parts of repeated key frames, or of silence, in segments as they were planned. */
  fillParts(draft: PartDraft, untilUs: number, nowMs: number): void {
    const isDue = (frames: number) =>
      this.endUs + frames * draft.frameUs <= untilUs + draft.frameUs / 2;
    while (this.segments.hasBegun) {
      if (!this.segments.isOpen) {
        if (!isDue(draft.framesLeft)) return;
        this.segments.openPlanned(this.endUs);
      }
      const toSegmentEnd = Math.round((this.segments.endUs - this.endUs) / draft.frameUs);
      const frames = Math.min(draft.framesLeft, toSegmentEnd);
      if (frames > 0 && !isDue(frames)) return;
      if (frames > 0) this.appendFill(draft, frames);
      if (draft.isComplete || toSegmentEnd <= frames) this.flush();
      if (toSegmentEnd <= frames) this.segments.close(nowMs);
    }
  }

  /** Of a picture its last frame goes on within the part, and then what the filler has. */
  appendFill(draft: PartDraft, frames: number): void {
    if (draft.isEmpty) draft.begin(this.endUs);
    const isPicture = draft.format.kind === 'video';
    const rest = isPicture ? this.extendLast(draft, frames) : frames;
    const fill = (count: number) =>
      this.#add(draft, this.filler.next(count * draft.frameUs), true, count);
    if (isPicture && rest > 0) fill(rest);
    for (let i = 0; !isPicture && i < rest; i += 1) fill(1);
    this.endUs = draft.endUs;
  }

  /** Publishes gaps up to `untilUs`, over as many segments as that takes. */
  fillWithGaps(untilUs: number, nowMs: number): void {
    const partUs = this.#limits.partTargetS * 1e6;
    // Differences of a microsecond come from rounding.
    while (this.segments.hasBegun && untilUs - this.endUs > 1) {
      if (!this.segments.isOpen) this.segments.openPlanned(this.endUs);
      const segmentEndUs = this.segments.endUs;
      const endUs = Math.min(untilUs, this.endUs + partUs, Math.max(segmentEndUs, this.endUs + 1));
      const durationS = (endUs - this.endUs) / 1e6;
      this.segments.addPart({ durationS, isIndependent: false, bytes: undefined });
      this.endUs = endUs;
      if (endUs >= segmentEndUs - 1) this.segments.close(nowMs);
    }
  }
}
