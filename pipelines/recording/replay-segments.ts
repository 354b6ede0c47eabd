/** Groups the fragments of a recording into the segments of the replay. */
import type { FragmentEntry } from './files/journal.ts';

/** Complete fragments of a recording, a key frame first. */
export interface ReplaySegment {
  readonly offset: number;
  readonly bytes: number;
  /** Media time, in us. */
  readonly startUs: number;
  readonly durationUs: number;
}

/** One recording, as a playlist needs it. */
export interface ReplayRecording {
  readonly name: string;
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  /** The drop; undefined for none. */
  readonly dropId?: string | undefined;
  readonly headerBytes: number;
  readonly isComplete: boolean;
  readonly isRunning: boolean;
  readonly segments: readonly ReplaySegment[];
}

/** Shorter ones cost a request each, longer ones make seeking slow. */
const SEGMENT_US = 4_000_000;

export class SegmentGrouper {
  #offset: number;
  #open: { readonly startUs: number; endUs: number; endOffset: number } | undefined;

  /** @param headerBytes Where the first fragment lies. */
  constructor(headerBytes: number) {
    this.#offset = headerBytes;
  }

  /** The segments that these fragments complete. */
  add(fragments: readonly FragmentEntry[]): readonly ReplaySegment[] {
    return fragments.flatMap((fragment) => this.#addOne(fragment));
  }

  /** The last segment, once the recording has ended. */
  end(): readonly ReplaySegment[] {
    const open = this.#open;
    this.#open = undefined;
    return open === undefined ? [] : [this.#close(open.startUs, open.endUs, open.endOffset)];
  }

  #addOne(fragment: FragmentEntry): readonly ReplaySegment[] {
    const { trackIndex, offset, bytes, startUs, durationUs, isKeyframe } = fragment;
    const open = this.#open;
    const endOffset = offset + bytes;
    // The leading track decides; audio belongs to the video that it was written after.
    if (trackIndex !== 0) {
      if (open !== undefined) open.endOffset = endOffset;
      return [];
    }
    const isCut = open !== undefined && isKeyframe && startUs - open.startUs >= SEGMENT_US - 1e5;
    const done = isCut ? [this.#close(open.startUs, startUs, offset)] : [];
    const endUs = startUs + durationUs;
    if (open === undefined || isCut) this.#open = { startUs, endUs, endOffset };
    else Object.assign(open, { endUs, endOffset });
    return done;
  }

  #close(startUs: number, endUs: number, endOffset: number): ReplaySegment {
    const offset = this.#offset;
    this.#offset = endOffset;
    return { offset, bytes: endOffset - offset, startUs, durationUs: endUs - startUs };
  }
}
