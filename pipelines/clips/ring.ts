/** The last minutes of what was published, for clips and posters. */
import type { RecordedPart } from '../feed/part.ts';
import { readInit } from '../mp4/init.ts';
import type { ClipSource } from './samples.ts';

interface TrackBuffer {
  initId: string;
  init: Buffer;
  parts: { readonly part: RecordedPart; readonly bytes: Buffer }[];
  heldBytes: number;
}

/** Limit for each track: a minute or two of good video. */
const HELD_MAX_BYTES = 80_000_000;

export class ClipRing {
  readonly #bufferUs: number;
  readonly #tracks = new Map<string, TrackBuffer>();

  constructor(bufferS: number) {
    this.#bufferUs = bufferS * 1e6;
  }

  get heldBytes(): number {
    return [...this.#tracks.values()].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** Parts of another init section cannot be joined: they are dropped. */
  setInit(trackId: string, initId: string, init: Buffer): void {
    const known = this.#tracks.get(trackId);
    if (known?.initId === initId) return;
    this.#tracks.set(trackId, { initId, init, parts: [], heldBytes: 0 });
  }

  add(part: RecordedPart): void {
    const buffer = this.#tracks.get(part.trackId);
    const { bytes } = part;
    if (buffer === undefined || bytes === undefined || part.initId !== buffer.initId) return;
    buffer.parts.push({ part, bytes });
    buffer.heldBytes += bytes.length;
    const isOld = () => {
      const first = buffer.parts[0];
      if (first === undefined) return false;
      return (
        part.startUs - first.part.startUs > this.#bufferUs || buffer.heldBytes > HELD_MAX_BYTES
      );
    };
    while (isOld()) buffer.heldBytes -= buffer.parts.shift()?.bytes.length ?? 0;
  }

  /** Media time up to which a track has been published; undefined where it has no media. */
  endUs(trackId: string): number | undefined {
    const last = this.#tracks.get(trackId)?.parts.at(-1)?.part;
    return last && last.startUs + last.durationUs;
  }

  /** The media of these tracks, the leading one first. A track without media is left out. */
  sources(trackIds: readonly string[], fromUs: number): readonly ClipSource[] {
    return trackIds.flatMap((trackId) => {
      const buffer = this.#tracks.get(trackId);
      const track = buffer && readInit(buffer.init);
      if (buffer === undefined || track === undefined || buffer.parts.length === 0) return [];
      const parts = since(buffer, fromUs).map(({ bytes }) => bytes);
      return [{ track, originUs: 0, parts }];
    });
  }
}

/**
 * From the segment before the one of `fromUs`: video segments start with a key frame, and
 * audio segments a few ms sooner or later than video.
 */
function since({ parts }: TrackBuffer, fromUs: number): TrackBuffer['parts'] {
  const holding = parts.findLast(({ part }) => part.startUs <= fromUs)?.part.msn;
  return holding === undefined ? parts : parts.filter(({ part }) => part.msn >= holding - 1);
}
