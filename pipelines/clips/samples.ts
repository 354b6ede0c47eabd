/** Cuts one track's samples to a time range. */
import { readFragment } from '../mp4/fragment.ts';
import type { InitTrack } from '../mp4/init.ts';

/** One track's media. */
export interface ClipSource {
  readonly track: InitTrack;
  /** Media time of decode time 0, in us. */
  readonly originUs: number;
  /** A complete moof+mdat each, in order. */
  readonly parts: readonly Buffer[];
}

export interface ClipSample {
  readonly data: Buffer;
  readonly decodeTicks: number;
  /** Until the next sample, also where media between them was lost. */
  readonly durationTicks: number;
  readonly isKeyframe: boolean;
}

/** One track of a clip. */
export interface ClipTrack {
  readonly track: InitTrack;
  readonly samples: readonly ClipSample[];
  /** Media time of the first sample, in us. */
  readonly startUs: number;
  readonly endUs: number;
}

export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * From the last key frame at or before `fromUs`, or the first there is, up to
 * `toUs`; undefined where nothing lies in between.
 */
export function cutTrack(source: ClipSource, { fromUs, toUs }: TimeRange): ClipTrack | undefined {
  const { track, originUs } = source;
  const timeUs = (ticks: number) => originUs + (ticks * 1e6) / track.timescale;
  const all = readSamples(source.parts);
  // Half a tick: times are rounded to whole microseconds.
  const slackUs = 5e5 / track.timescale + 0.5;
  const isBefore = ({ decodeTicks, isKeyframe }: ClipSample) =>
    isKeyframe && timeUs(decodeTicks) <= fromUs + slackUs;
  const first = Math.max(all.findLastIndex(isBefore), -1);
  const start = first >= 0 ? first : all.findIndex(({ isKeyframe }) => isKeyframe);
  if (start < 0) return undefined;
  const samples = all.slice(start).filter((sample) => timeUs(sample.decodeTicks) < toUs - slackUs);
  const [head, last] = [samples[0], samples.at(-1)];
  if (head === undefined || last === undefined) return undefined;
  const endUs = timeUs(last.decodeTicks + last.durationTicks);
  return { track, samples, startUs: timeUs(head.decodeTicks), endUs };
}

function readSamples(parts: readonly Buffer[]): readonly ClipSample[] {
  const samples: ClipSample[] = [];
  for (const part of parts) {
    const fragment = readFragment(part);
    if (fragment === undefined) continue;
    let decodeTicks = fragment.decodeTicks;
    for (const { offset, bytes, durationTicks, isKeyframe } of fragment.samples) {
      const data = part.subarray(offset, offset + bytes);
      // Parts may overlap after a restart: the first one counts.
      const last = samples.at(-1);
      if (last === undefined || decodeTicks > last.decodeTicks) {
        samples.push({ data, decodeTicks, durationTicks, isKeyframe });
      }
      decodeTicks += durationTicks;
    }
  }
  return samples.map((sample, i) => {
    const next = samples[i + 1];
    return next === undefined
      ? sample
      : { ...sample, durationTicks: next.decodeTicks - sample.decodeTicks };
  });
}
