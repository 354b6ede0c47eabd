import type { RecordedPart } from '../feed/part.ts';
import { readInit } from '../mp4/init.ts';
import type { ClipSource } from './samples.ts';

interface TrackBuffer {
  initId: string;
  init: Buffer;
  parts: { readonly part: RecordedPart; readonly bytes: Buffer }[];
  heldBytes: number;
}

/** However long is asked for, no more of a track is held than a minute or two of good video. */
const HELD_MAX_BYTES = 80_000_000;

/**
 * The last stretch of what was published, for clips and posters: longer than
 * the playlists' window, and the same bytes. Fed by a `PartTap`.
 */
export class ClipRing {
  readonly #keepUs: number;
  readonly #lanes = new Map<string, TrackBuffer>();

  constructor(keepS: number) {
    this.#keepUs = keepS * 1e6;
  }

  get heldBytes(): number {
    return [...this.#lanes.values()].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** What needs another init section cannot be joined: it is let go. */
  setInit(trackId: string, initId: string, init: Buffer): void {
    const known = this.#lanes.get(trackId);
    if (known?.initId === initId) return;
    this.#lanes.set(trackId, { initId, init, parts: [], heldBytes: 0 });
  }

  add(part: RecordedPart): void {
    const lane = this.#lanes.get(part.trackId);
    const { bytes } = part;
    if (lane === undefined || bytes === undefined || part.initId !== lane.initId) return;
    lane.parts.push({ part, bytes });
    lane.heldBytes += bytes.length;
    const isOld = () => {
      const first = lane.parts[0];
      if (first === undefined) return false;
      return part.startUs - first.part.startUs > this.#keepUs || lane.heldBytes > HELD_MAX_BYTES;
    };
    while (isOld()) lane.heldBytes -= lane.parts.shift()?.bytes.length ?? 0;
  }

  /** Media time up to which a track has been published; undefined where it holds nothing. */
  endUs(trackId: string): number | undefined {
    const last = this.#lanes.get(trackId)?.parts.at(-1)?.part;
    return last && last.startUs + last.durationUs;
  }

  /** What a clip of these tracks is cut from; the first leads. A track without media is left out. */
  sources(trackIds: readonly string[], fromUs: number): readonly ClipSource[] {
    return trackIds.flatMap((trackId) => {
      const lane = this.#lanes.get(trackId);
      const track = lane && readInit(lane.init);
      if (lane === undefined || track === undefined || lane.parts.length === 0) return [];
      const parts = since(lane, fromUs).map(({ bytes }) => bytes);
      return [{ track, originUs: 0, parts }];
    });
  }
}

/**
 * From the segment before the one that holds `fromUs`: pictures begin theirs
 * with a key frame, and sound a few ms sooner or later than pictures.
 */
function since({ parts }: TrackBuffer, fromUs: number): TrackBuffer['parts'] {
  const holding = parts.findLast(({ part }) => part.startUs <= fromUs)?.part.msn;
  return holding === undefined ? parts : parts.filter(({ part }) => part.msn >= holding - 1);
}
