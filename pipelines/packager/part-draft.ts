/** The part that is being filled with samples. */
import type { TrackFormat } from '../gdp/caps.ts';
import { type Limits, PART_MIN_RATIO } from '../hls/limits.ts';
import type { Sample } from './cmaf.ts';
import { frameUsOf } from './encoding.ts';

/** Frames of one part: 85 to 100 % of the part target (RFC 8216bis §4.4.4.9). */
export function framesPerPart(format: TrackFormat, partTargetS: number): number {
  const frameS = format.frameTicks / format.timescale;
  const max = Math.max(1, Math.floor(partTargetS / frameS + 1e-6));
  if (format.kind === 'video') return max;
  // Fewer, where that avoids a very short last part in a one-second segment.
  const min = Math.max(1, Math.ceil((PART_MIN_RATIO * partTargetS) / frameS - 1e-6));
  const partsPerS = (frames: number) => Math.ceil(1 / frameS / frames);
  for (let frames = min; frames < max; frames += 1) {
    if (partsPerS(frames) <= partsPerS(max)) return frames;
  }
  return max;
}

/**
 * Durations are nominal (a frame count), so a part is complete with its last frame and
 * need not wait for the next one.
 */
export class PartDraft {
  readonly format: TrackFormat;
  /** Frames of a complete part. */
  readonly partFrames: number;
  #samples: Sample[] = [];
  /** tfdt of the first sample. */
  #startTicks = 0;
  #durationTicks = 0;

  constructor(format: TrackFormat, { partTargetS }: Pick<Limits, 'partTargetS'>) {
    this.format = format;
    this.partFrames = framesPerPart(format, partTargetS);
  }

  get isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  get isComplete(): boolean {
    return this.#durationTicks >= this.partFrames * this.format.frameTicks;
  }

  /** How many frames it lacks. */
  get framesLeft(): number {
    return this.partFrames - Math.round(this.#durationTicks / this.format.frameTicks);
  }

  get frameUs(): number {
    return frameUsOf(this.format);
  }

  get endTicks(): number {
    return this.#startTicks + this.#durationTicks;
  }

  get endUs(): number {
    return (this.endTicks * 1e6) / this.format.timescale;
  }

  /** @param startUs Media time of the first sample; the others follow without a gap. */
  begin(startUs: number): void {
    this.#startTicks = Math.round((startUs * this.format.timescale) / 1e6);
  }

  /** @param frames Its duration in frames: more than one where neighbours are missing. */
  add(data: Buffer, isKeyframe: boolean, frames: number): void {
    const durationTicks = frames * this.format.frameTicks;
    this.#samples.push({ data, isKeyframe, durationTicks });
    this.#durationTicks += durationTicks;
  }

  /** Extends the last sample by up to `frames` within the part; returns how many did not fit. */
  extendLast(frames: number): number {
    let rest = frames;
    for (; rest > 0 && !this.isEmpty && !this.isComplete; rest -= 1) {
      const last = this.#samples.pop() as Sample;
      const durationTicks = last.durationTicks + this.format.frameTicks;
      this.#samples.push({ ...last, durationTicks });
      this.#durationTicks += this.format.frameTicks;
    }
    return rest;
  }

  /** Returns the samples for publication and starts an empty part. */
  take() {
    const taken = {
      startTicks: this.#startTicks,
      durationS: this.#durationTicks / this.format.timescale,
      isIndependent:
        this.format.kind === 'audio' || this.#samples.some(({ isKeyframe }) => isKeyframe),
      samples: this.#samples as readonly Sample[],
    };
    this.#samples = [];
    this.#durationTicks = 0;
    return taken;
  }
}
