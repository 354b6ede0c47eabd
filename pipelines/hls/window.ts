/** The sliding window of one rendition. */
import type { Limits } from './limits.ts';

export interface Part {
  readonly durationS: number;
  /** It contains an IDR frame; every part of an audio rendition is independent. */
  readonly isIndependent: boolean;
  /** One moof+mdat; undefined where the media was lost (GAP=YES). */
  readonly bytes: Buffer | undefined;
}

export interface Segment {
  readonly msn: number;
  /** Media time of its first sample, in us. */
  readonly startUs: number;
  readonly isDiscontinuity: boolean;
  /** Name of its init section; undefined before the first one is known. */
  readonly initId: string | undefined;
  readonly parts: readonly Part[];
  readonly durationS: number;
  readonly isComplete: boolean;
}

interface OpenSegment extends Segment {
  parts: Part[];
  durationS: number;
  isComplete: boolean;
  /** Monotonic ms until which it can be fetched after it has left the list. */
  availableUntilMs: number;
}

/** The answer to a blocking reload (RFC 8216bis §6.2.5.2). */
export type ReloadAnswer = 'ready' | 'wait' | 'refuse';

/** What a media URI refers to. */
export type Fetched = { readonly parts: readonly Part[] } | 'wait' | 'unknown';

/**
 * Has the segments and parts, and decides what a request for one gets. Pure except for
 * its state; the origin holds requests.
 *
 * Bounded: it lists `limits.windowS`, and a segment that left the list stays available for
 * its own duration plus that of the longest list it was in (RFC 8216bis §6.2.2).
 */
export class RenditionWindow {
  readonly #limits: Limits;
  readonly #inits = new Map<string, Buffer>();
  #segments: OpenSegment[] = [];
  #firstListed = 0;
  #discontinuitySequence: number;
  #longestListS = 0;
  #version = 0;
  #isEnded = false;

  /** @param discontinuitySequence Where the count starts. */
  constructor(limits: Limits, discontinuitySequence = 0) {
    this.#limits = limits;
    this.#discontinuitySequence = discontinuitySequence;
  }

  /** Increases with every change of the playlist. */
  get version(): number {
    return this.#version;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  /** The listed segments, oldest first; the last one may be incomplete, or have no part yet. */
  listed(): readonly Segment[] {
    return this.#segments.slice(this.#firstListed);
  }

  /** Bytes of all parts in memory. */
  heldBytes(): number {
    let bytes = 0;
    for (const { parts } of this.#segments) {
      for (const part of parts) bytes += part.bytes?.length ?? 0;
    }
    return bytes;
  }

  addInit(id: string, bytes: Buffer): void {
    // Added again it becomes the newest, which is not removed before it is used.
    this.#inits.delete(id);
    this.#inits.set(id, bytes);
  }

  init(id: string): Buffer | undefined {
    return this.#inits.get(id);
  }

  /** Opens the next segment. The last one must be complete. */
  open(segment: Pick<Segment, 'msn' | 'startUs' | 'isDiscontinuity' | 'initId'>): void {
    this.#segments.push({
      ...segment,
      parts: [],
      durationS: 0,
      isComplete: false,
      availableUntilMs: 0,
    });
    this.#version += 1;
  }

  addPart(part: Part): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined || segment.isComplete) throw new Error('no segment is open');
    segment.parts.push(part);
    segment.durationS += part.durationS;
    this.#version += 1;
  }

  /** Completes the open segment and removes old ones. A segment without parts is dropped. */
  close(nowMs: number): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined || segment.isComplete) return;
    if (segment.parts.length === 0) {
      this.#segments.pop();
      return;
    }
    segment.isComplete = true;
    this.#version += 1;
    this.#slide(nowMs);
  }

  /** Removes all segments before the open one from the list, and from memory. */
  listFromNow(nowMs: number): void {
    for (const segment of this.#segments.slice(this.#firstListed, -1)) {
      segment.availableUntilMs = nowMs;
      if (segment.isDiscontinuity) this.#discontinuitySequence += 1;
      this.#firstListed += 1;
    }
    this.#version += 1;
    this.#removeOld(nowMs);
  }

  /** Ends the presentation: ENDLIST, and no request is held any more. */
  end(nowMs: number): void {
    this.close(nowMs);
    this.#isEnded = true;
    this.#version += 1;
  }

  /** The newest segment and part of the playlist; undefined while there is none. */
  edge(): { readonly msn: number; readonly part: number } | undefined {
    const last = this.#segments.at(-1);
    if (last === undefined) return undefined;
    if (last.parts.length > 0) return { msn: last.msn, part: last.parts.length - 1 };
    const before = this.#segments.at(-2);
    return before && { msn: before.msn, part: before.parts.length - 1 };
  }

  /** The next part, for the preload hint. */
  next(): { readonly msn: number; readonly part: number } | undefined {
    const last = this.#segments.at(-1);
    if (last === undefined || this.#isEnded) return undefined;
    return last.isComplete
      ? { msn: last.msn + 1, part: 0 }
      : { msn: last.msn, part: last.parts.length };
  }

  /** Answers `_HLS_msn` and `_HLS_part`; RFC 8216bis §6.2.5.2. */
  answerReload(msn: number, part: number | undefined): ReloadAnswer {
    const edge = this.edge();
    if (this.#isEnded) return 'ready';
    if (edge === undefined) return 'wait';
    if (msn > edge.msn + 2) return 'refuse';
    if (part !== undefined && this.#isBeyondAdvanceLimit(msn, part, edge)) return 'refuse';
    return this.#has(msn, part) ? 'ready' : 'wait';
  }

  /**
   * Part `part` of segment `msn`, or all parts of the segment. Of lost media there is what
   * was not lost: players that request a gap fail where it is refused.
   */
  fetch(msn: number, part: number | undefined): Fetched {
    const segment = this.#find(msn);
    if (part === undefined) {
      return segment?.isComplete ? { parts: segment.parts } : 'unknown';
    }
    const found = segment?.parts[part];
    if (found !== undefined) return { parts: [found] };
    const next = this.next();
    return next?.msn === msn && next.part === part ? 'wait' : 'unknown';
  }

  #has(msn: number, part: number | undefined): boolean {
    const segment = this.#find(msn);
    if (segment === undefined) return msn < (this.#segments[0]?.msn ?? 0);
    if (part === undefined) return segment.isComplete;
    if (part < segment.parts.length) return true;
    // A number past the last part of a complete segment means part 0 of the next one.
    return segment.isComplete && (this.#find(msn + 1)?.parts.length ?? 0) > 0;
  }

  #isBeyondAdvanceLimit(msn: number, part: number, edge: { msn: number; part: number }): boolean {
    if (msn < edge.msn) return false;
    const lastPart = msn === edge.msn ? edge.part : 0;
    return part > lastPart + this.#limits.advanceParts;
  }

  #find(msn: number): OpenSegment | undefined {
    return this.#segments[msn - (this.#segments[0]?.msn ?? 0)];
  }

  #slide(nowMs: number): void {
    let listedS = 0;
    for (const segment of this.#segments.slice(this.#firstListed)) listedS += segment.durationS;
    this.#longestListS = Math.max(this.#longestListS, listedS);
    for (;;) {
      const oldest = this.#segments[this.#firstListed];
      if (oldest === undefined || listedS - oldest.durationS < this.#limits.windowS) break;
      listedS -= oldest.durationS;
      oldest.availableUntilMs = nowMs + (oldest.durationS + this.#longestListS) * 1000;
      if (oldest.isDiscontinuity) this.#discontinuitySequence += 1;
      this.#firstListed += 1;
    }
    this.#removeOld(nowMs);
  }

  /** Removes segments that have left the list and need not be available any more. */
  #removeOld(nowMs: number): void {
    const isExpired = (segment: OpenSegment | undefined) =>
      segment !== undefined && this.#firstListed > 0 && segment.availableUntilMs <= nowMs;
    while (isExpired(this.#segments[0])) {
      this.#segments.shift();
      this.#firstListed -= 1;
    }
    this.#removeOldInits();
  }

  #removeOldInits(): void {
    const used = new Set(this.#segments.map(({ initId }) => initId));
    for (const id of this.#inits.keys()) {
      const isNewest = [...this.#inits.keys()].at(-1) === id;
      if (!used.has(id) && !isNewest) this.#inits.delete(id);
    }
  }
}

/** True where a part of the segment was lost, so that it cannot be fetched: EXT-X-GAP. */
export function isGap(segment: Segment): boolean {
  return segment.parts.some(({ bytes }) => bytes === undefined);
}
