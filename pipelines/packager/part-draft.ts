import type { TrackFormat } from '../gdp/caps.ts';
import { type Limits, SHORTEST_PART } from '../hls/limits.ts';
import type { Sample } from './cmaf.ts';
import { frameUsOf } from './encoding.ts';

/** Frames of one part; RFC 8216bis §4.4.4.9 wants 85 % of the part target and never more than it. */
export function framesPerPart(format: TrackFormat, partTargetS: number): number {
  const frameS = format.frameTicks / format.timescale;
  const max = Math.max(1, Math.floor(partTargetS / frameS + 1e-6));
  if (format.kind === 'video') return max;
  // Fewer, when that makes the last part of a one-second segment no sliver.
  const min = Math.max(1, Math.ceil((SHORTEST_PART * partTargetS) / frameS - 1e-6));
  const partsPerS = (frames: number) => Math.ceil(1 / frameS / frames);
  for (let frames = min; frames < max; frames += 1) {
    if (partsPerS(frames) <= partsPerS(max)) return frames;
  }
  return max;
}

/**
 * The part of one track that is being gathered.
 *
 * Durations are nominal (a frame count), so a part is whole with its last
 * frame and never waits for the next one to learn its length.
 */
export class PartDraft {
  readonly format: TrackFormat;
  /** Frames of a whole part. */
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

  get frameUs(): number {
    return frameUsOf(this.format);
  }

  get endUs(): number {
    return ((this.#startTicks + this.#durationTicks) * 1e6) / this.format.timescale;
  }

  /** @param startUs Of the first sample; the others follow without a hole. */
  begin(startUs: number): void {
    this.#startTicks = Math.round((startUs * this.format.timescale) / 1e6);
  }

  /** @param frames How long it is shown: more than one where its neighbours are missing. */
  add(data: Buffer, isKeyframe: boolean, frames: number): void {
    const durationTicks = frames * this.format.frameTicks;
    this.#samples.push({ data, isKeyframe, durationTicks });
    this.#durationTicks += durationTicks;
  }

  /** Shows the last sample for up to so many frames longer, within the part; returns the rest. */
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

  /** What was gathered, to be published; the next part is empty. */
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
