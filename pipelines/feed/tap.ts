/** Passes on each published part of some tracks. */
import type { Part, Segment } from '../hls/window.ts';
import { readFragment } from '../mp4/fragment.ts';
import { readInit } from '../mp4/init.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { Track } from '../packager/track.ts';
import type { RecordedPart } from './part.ts';

export interface TapEvents {
  /** Before the first part that needs it. */
  readonly onInit: (trackId: string, initId: string, init: Buffer) => void;
  readonly onPart: (part: RecordedPart) => void;
}

/**
 * Passes on each part once, in the order of publication: the bytes that viewers get. Call
 * {@link PartTap.collect} from the presentation's `onPublish`; parts that were published
 * before the tap was created are left out.
 */
export class PartTap {
  readonly #presentation: Presentation;
  readonly #trackIds: ReadonlySet<string>;
  readonly #events: TapEvents;
  readonly #last = new Map<string, { msn: number; parts: number }>();
  readonly #inits = new Map<string, { readonly id: string; readonly timescale: number }>();

  constructor(presentation: Presentation, trackIds: readonly string[], events: TapEvents) {
    this.#presentation = presentation;
    this.#trackIds = new Set(trackIds);
    this.#events = events;
    for (const { id, window } of presentation.tracks()) {
      const last = window.listed().at(-1);
      if (last !== undefined) this.#last.set(id, { msn: last.msn, parts: last.parts.length });
    }
  }

  collect(trackId: string): void {
    if (!this.#trackIds.has(trackId)) return;
    const track = this.#presentation.tracks().find(({ id }) => id === trackId);
    if (track === undefined) return;
    const last = this.#last.get(trackId) ?? { msn: -1, parts: 0 };
    for (const segment of segmentsFrom(track.window.listed(), last.msn)) {
      const from = segment.msn === last.msn ? last.parts : 0;
      for (let i = from; i < segment.parts.length; i += 1) this.#passOn(track, segment, i);
      this.#last.set(trackId, { msn: segment.msn, parts: segment.parts.length });
    }
  }

  #passOn(track: Track, segment: Segment, index: number): void {
    const part = segment.parts[index] as Part;
    const init = this.#initOf(track, segment);
    const { msn, isDiscontinuity } = segment;
    this.#events.onPart({
      trackId: track.id,
      kind: track.kind,
      msn,
      isSegmentStart: index === 0,
      isDiscontinuity,
      startUs: startOf(segment, index, init?.timescale),
      durationUs: Math.round(part.durationS * 1e6),
      initId: init?.id ?? '',
      bytes: init === undefined ? undefined : part.bytes,
    });
  }

  #initOf(track: Track, { initId }: Segment) {
    const known = this.#inits.get(track.id);
    if (initId === undefined || known?.id === initId) return known;
    const bytes = track.window.init(initId);
    const read = bytes && readInit(bytes);
    if (bytes === undefined || read === undefined) return undefined;
    const init = { id: initId, timescale: read.timescale };
    this.#inits.set(track.id, init);
    this.#events.onInit(track.id, initId, bytes);
    return init;
  }
}

/** Segments from `msn` on; the search starts at the end, where they are. */
function segmentsFrom(listed: readonly Segment[], msn: number): readonly Segment[] {
  let from = listed.length;
  while (from > 0 && (listed[from - 1]?.msn ?? 0) >= msn) from -= 1;
  return listed.slice(from);
}

/** Taken from the part's own tfdt, where it has one: sums of durations drift. */
function startOf({ parts, startUs }: Segment, index: number, timescale: number | undefined) {
  const bytes = parts[index]?.bytes;
  const fragment = bytes && readFragment(bytes);
  if (fragment !== undefined && timescale !== undefined) {
    return Math.round((fragment.decodeTicks * 1e6) / timescale);
  }
  const beforeS = parts.slice(0, index).reduce((sum, { durationS }) => sum + durationS, 0);
  return Math.round(startUs + beforeS * 1e6);
}
