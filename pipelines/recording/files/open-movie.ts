/** The recording that a fragment writer fills: its tracks, its length, and where it ends. */
import type { RecordedPart } from '../../feed/part.ts';
import { readFragment, renumberFragment } from '../../mp4/fragment.ts';
import { type InitTrack, joinInits } from '../../mp4/init.ts';
import { paddingAt } from './hidden-batch.ts';
import type { CutReason, RecordedTrack, WriteStep } from './write-step.ts';

export interface MovieTrack {
  readonly trackId: string;
  /** Names its init section. */
  readonly id: string;
  readonly track: InitTrack;
}

export class OpenMovie {
  readonly tracks: readonly (RecordedTrack & {
    readonly initId: string;
    readonly baseTicks: number;
  })[];
  /** Segment of its first frame. */
  readonly msn: number;
  readonly #baseUs: number;
  readonly #header: Buffer;
  #sequence = 0;
  /** Length of the file. */
  bytes: number;
  /** Media segment at which the next file starts, once that is known. */
  cut: { readonly msn: number; readonly reason: CutReason } | undefined;
  /** A track that is not in this file has media again. */
  isTrackMissing = false;

  /** @param baseUs Media time of the file's time 0. @param msn Segment of its first frame. */
  constructor(tracks: readonly MovieTrack[], baseUs: number, msn: number) {
    this.#baseUs = baseUs;
    this.msn = msn;
    this.tracks = tracks.map(({ trackId, id, track: { kind, timescale } }) => ({
      trackId,
      kind,
      timescale,
      initId: id,
      baseTicks: Math.round((baseUs * timescale) / 1e6),
    }));
    const header = joinInits(tracks.map(({ track }) => track));
    this.#header = Buffer.concat([header, paddingAt(header.length) ?? Buffer.alloc(0)]);
    this.bytes = this.#header.length;
  }

  begin(isWhole: boolean): WriteStep {
    const tracks = this.tracks.map(({ trackId, kind, timescale }) => ({
      trackId,
      kind,
      timescale,
    }));
    return { type: 'begin', baseUs: this.#baseUs, tracks, header: this.#header, isWhole };
  }

  fragment(trackIndex: number, part: RecordedPart, bytes: Buffer): WriteStep {
    const { baseTicks = 0 } = this.tracks[trackIndex] ?? {};
    const read = readFragment(bytes);
    this.#sequence += 1;
    const decodeTicks = Math.max(0, (read?.decodeTicks ?? 0) - baseTicks);
    const to = { sequence: this.#sequence, trackId: trackIndex + 1, decodeTicks };
    const fragment = renumberFragment(bytes, to);
    const padding = paddingAt(this.bytes + bytes.length);
    const chunks = padding === undefined ? fragment : [...fragment, padding];
    this.bytes += bytes.length + (padding?.length ?? 0);
    return {
      type: 'fragment',
      trackIndex,
      startUs: part.startUs,
      durationUs: part.durationUs,
      isKeyframe: read?.samples[0]?.isKeyframe ?? false,
      chunks,
    };
  }
}
