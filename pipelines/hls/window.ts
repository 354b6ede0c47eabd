import type { Limits } from './limits.ts';

export interface Part {
  readonly durationS: number;
  /** It starts with, or holds, an IDR; every part of a sound rendition does. */
  readonly isIndependent: boolean;
  /** One moof+mdat; undefined where the media was lost (GAP=YES). */
  readonly bytes: Buffer | undefined;
}

export interface Segment {
  readonly msn: number;
  /** Media time of its first sample, in us. */
  readonly startUs: number;
  readonly isDiscontinuity: boolean;
  /** Name of its init section; undefined while nothing was ever encoded. */
  readonly initId: string | undefined;
  readonly parts: readonly Part[];
  readonly durationS: number;
  readonly isComplete: boolean;
}

interface OpenSegment extends Segment {
  parts: Part[];
  durationS: number;
  isComplete: boolean;
  /** Monotonic ms until which it stays fetchable, once it is no longer listed. */
  keepUntilMs: number;
}

/** What a blocking reload gets now (RFC 8216bis §6.2.5.2). */
export type ReloadAnswer = 'ready' | 'wait' | 'refuse';

/** What stands under a media URI. */
export type Fetched = { readonly parts: readonly Part[] } | 'wait' | 'unknown';

/**
 * The sliding window of one rendition: segments, their parts, and what a
 * request for either gets. Pure but for its own state; the origin does the
 * waiting.
 *
 * Bounded: it lists `limits.windowS`, and keeps what left the list for its own
 * duration plus that of the longest list it stood in (RFC 8216bis §6.2.2).
 */
export class RenditionWindow {
  readonly #limits: Limits;
  readonly #inits = new Map<string, Buffer>();
  #kept: OpenSegment[] = [];
  #firstListed = 0;
  #discontinuitySequence: number;
  #longestListS = 0;
  #version = 0;
  #isEnded = false;

  /** @param discontinuitySequence Where the count starts; only ever grows. */
  constructor(limits: Limits, discontinuitySequence = 0) {
    this.#limits = limits;
    this.#discontinuitySequence = discontinuitySequence;
  }

  /** Grows with every change that a playlist shows. */
  get version(): number {
    return this.#version;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  /** What the playlist lists, oldest first; the last may still be growing or have no part yet. */
  listed(): readonly Segment[] {
    return this.#kept.slice(this.#firstListed);
  }

  /** Bytes held for viewers, a figure for status and for the memory benchmark. */
  heldBytes(): number {
    let bytes = 0;
    for (const { parts } of this.#kept) {
      for (const part of parts) bytes += part.bytes?.length ?? 0;
    }
    return bytes;
  }

  addInit(id: string, bytes: Buffer): void {
    // Named anew it is the newest, and kept until it is used.
    this.#inits.delete(id);
    this.#inits.set(id, bytes);
  }

  init(id: string): Buffer | undefined {
    return this.#inits.get(id);
  }

  /** Opens the next segment. The one before must be complete. */
  open(segment: Pick<Segment, 'msn' | 'startUs' | 'isDiscontinuity' | 'initId'>): void {
    this.#kept.push({ ...segment, parts: [], durationS: 0, isComplete: false, keepUntilMs: 0 });
    this.#version += 1;
  }

  addPart(part: Part): void {
    const segment = this.#kept.at(-1);
    if (segment === undefined || segment.isComplete) throw new Error('no segment is open');
    segment.parts.push(part);
    segment.durationS += part.durationS;
    this.#version += 1;
  }

  /** Completes the open segment and lets the oldest go. A segment without parts vanishes. */
  close(nowMs: number): void {
    const segment = this.#kept.at(-1);
    if (segment === undefined || segment.isComplete) return;
    if (segment.parts.length === 0) {
      this.#kept.pop();
      return;
    }
    segment.isComplete = true;
    this.#version += 1;
    this.#slide(nowMs);
  }

  /** Lists nothing from before the segment that is open: it was not for those who come now. */
  listFromNow(nowMs: number): void {
    for (const segment of this.#kept.slice(this.#firstListed, -1)) {
      segment.keepUntilMs = nowMs;
      if (segment.isDiscontinuity) this.#discontinuitySequence += 1;
      this.#firstListed += 1;
    }
    this.#version += 1;
    this.#forget(nowMs);
  }

  /** Ends the presentation: ENDLIST, and nothing is held any more. */
  end(nowMs: number): void {
    this.close(nowMs);
    this.#isEnded = true;
    this.#version += 1;
  }

  /** The newest segment and part a playlist shows; undefined while there is none. */
  edge(): { readonly msn: number; readonly part: number } | undefined {
    const last = this.#kept.at(-1);
    if (last === undefined) return undefined;
    if (last.parts.length > 0) return { msn: last.msn, part: last.parts.length - 1 };
    const before = this.#kept.at(-2);
    return before && { msn: before.msn, part: before.parts.length - 1 };
  }

  /** The part that comes next: what the preload hint names. */
  next(): { readonly msn: number; readonly part: number } | undefined {
    const last = this.#kept.at(-1);
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

  /** The bytes of part `part` of segment `msn`, or of the whole segment. */
  fetch(msn: number, part: number | undefined): Fetched {
    const segment = this.#find(msn);
    if (part === undefined) {
      return segment?.isComplete && !isGap(segment) ? { parts: segment.parts } : 'unknown';
    }
    const found = segment?.parts[part];
    if (found !== undefined) return found.bytes === undefined ? 'unknown' : { parts: [found] };
    const next = this.next();
    return next?.msn === msn && next.part === part ? 'wait' : 'unknown';
  }

  #has(msn: number, part: number | undefined): boolean {
    const segment = this.#find(msn);
    if (segment === undefined) return msn < (this.#kept[0]?.msn ?? 0);
    if (part === undefined) return segment.isComplete;
    if (part < segment.parts.length) return true;
    // Past the last part of a complete segment means part 0 of the next one.
    return segment.isComplete && (this.#find(msn + 1)?.parts.length ?? 0) > 0;
  }

  #isBeyondAdvanceLimit(msn: number, part: number, edge: { msn: number; part: number }): boolean {
    if (msn < edge.msn) return false;
    const lastPart = msn === edge.msn ? edge.part : 0;
    return part > lastPart + this.#limits.advanceParts;
  }

  #find(msn: number): OpenSegment | undefined {
    return this.#kept[msn - (this.#kept[0]?.msn ?? 0)];
  }

  #slide(nowMs: number): void {
    let listedS = 0;
    for (const segment of this.#kept.slice(this.#firstListed)) listedS += segment.durationS;
    this.#longestListS = Math.max(this.#longestListS, listedS);
    for (;;) {
      const oldest = this.#kept[this.#firstListed];
      if (oldest === undefined || listedS - oldest.durationS < this.#limits.windowS) break;
      listedS -= oldest.durationS;
      oldest.keepUntilMs = nowMs + (oldest.durationS + this.#longestListS) * 1000;
      if (oldest.isDiscontinuity) this.#discontinuitySequence += 1;
      this.#firstListed += 1;
    }
    this.#forget(nowMs);
  }

  /** What left the list and need not be fetchable any more. */
  #forget(nowMs: number): void {
    const isGone = (segment: OpenSegment | undefined) =>
      segment !== undefined && this.#firstListed > 0 && segment.keepUntilMs <= nowMs;
    while (isGone(this.#kept[0])) {
      this.#kept.shift();
      this.#firstListed -= 1;
    }
    this.#forgetInits();
  }

  #forgetInits(): void {
    const used = new Set(this.#kept.map(({ initId }) => initId));
    for (const id of this.#inits.keys()) {
      const isNewest = [...this.#inits.keys()].at(-1) === id;
      if (!used.has(id) && !isNewest) this.#inits.delete(id);
    }
  }
}

/** True when nothing of a complete segment can be fetched as a whole: EXT-X-GAP. */
export function isGap(segment: Segment): boolean {
  return segment.parts.some(({ bytes }) => bytes === undefined);
}
