/** Cuts the parts of a presentation into recording files of fragmented MP4. */
import type { RecordedPart } from '../feed/part.ts';
import { readFragment, renumberFragment } from '../mp4/fragment.ts';
import { type InitTrack, joinInits, readInit } from '../mp4/init.ts';

/** Why a file ended. */
export type CutReason = 'hour' | 'discontinuity' | 'gap' | 'track' | 'off' | 'lost' | 'failed';

export interface RecordedTrack {
  readonly trackId: string;
  readonly kind: 'video' | 'audio';
  readonly timescale: number;
}

/** What to write, in this order. */
export type WriteStep =
  | {
      readonly type: 'begin';
      /** Media time of the file's time 0, in us. */
      readonly baseUs: number;
      readonly tracks: readonly RecordedTrack[];
      /** ftyp and moov. */
      readonly header: Buffer;
      /** False where it may lack media that another target has. */
      readonly isWhole: boolean;
    }
  | {
      readonly type: 'fragment';
      readonly trackIndex: number;
      readonly startUs: number;
      readonly durationUs: number;
      /** It starts with a key frame. */
      readonly isKeyframe: boolean;
      /** To be written one after the other. */
      readonly chunks: readonly Buffer[];
    }
  | { readonly type: 'end'; readonly reason: CutReason };

interface OpenFile {
  readonly tracks: readonly (RecordedTrack & {
    readonly initId: string;
    readonly baseTicks: number;
  })[];
  /** Segment of its first frame. */
  readonly msn: number;
  sequence: number;
  /** Media segment at which the next file starts, once that is known. */
  cut: { readonly msn: number; readonly reason: CutReason } | undefined;
  /** A track that is not in this file has media again. */
  isTrackMissing: boolean;
}

const HOUR_US = 3_600_000_000;
/** Audio that ends this soon after the first frame belongs to the file before. */
const OVERLAP_US = 25_000;
/** Video waits this long for the audio; then the file has none. */
const HOLD_US = 1_500_000;
const WAITING_MAX_PARTS = 256;

/**
 * A new file starts at each full hour of the wall clock and where media was lost; each
 * starts with a key frame and counts its own time from 0.
 *
 * A function of the parts alone, without I/O: two targets that received the same parts
 * write the same bytes, and one that joined late does so from the next cut on.
 */
export class FragmentWriter {
  /** Unix time of media time 0, in ms. */
  readonly #epochMs: number;
  /** Tracks of a file, the leading one first: a file starts at one of its key frames. */
  readonly #trackIds: readonly string[];
  readonly #inits = new Map<string, { readonly id: string; readonly track: InitTrack }>();
  #waiting: RecordedPart[] = [];
  #open: OpenFile | undefined;
  /** Hour of the wall clock that the open file belongs to; never falls. */
  #hour = 0;
  #isWhole = true;

  constructor(epochMs: number, trackIds: readonly string[]) {
    this.#epochMs = epochMs;
    this.#trackIds = trackIds;
  }

  setInit(trackId: string, id: string, bytes: Buffer): void {
    const track = readInit(bytes);
    if (track !== undefined) this.#inits.set(trackId, { id, track });
  }

  /** Parts were missed: the open file ends, and the next one may be incomplete. */
  interrupt(reason: 'lost' | 'failed'): readonly WriteStep[] {
    this.#isWhole = false;
    this.#waiting = [];
    return this.#end(reason);
  }

  /** Recording is switched off. */
  stop(): readonly WriteStep[] {
    const steps = this.#end('off');
    this.#waiting = [];
    this.#isWhole = true;
    return steps;
  }

  push(part: RecordedPart): readonly WriteStep[] {
    if (!this.#trackIds.includes(part.trackId)) return [];
    const open = this.#open;
    if (open === undefined) return this.#wait(part);
    const trackIndex = open.tracks.findIndex(({ trackId }) => trackId === part.trackId);
    this.#noteCut(open, part, trackIndex);
    if (open.cut !== undefined && part.msn >= open.cut.msn) return this.#hold(open, part);
    if (trackIndex < 0) return [];
    if (part.bytes === undefined) return this.#end('gap');
    return [this.#fragment(open, trackIndex, part, part.bytes)];
  }

  /** The next file starts with the segment that this part opens, if it does. */
  #noteCut(open: OpenFile, part: RecordedPart, trackIndex: number): void {
    if (trackIndex < 0 && part.bytes !== undefined) open.isTrackMissing = true;
    const isDue = part.isSegmentStart && part.msn > open.msn;
    if (!isDue || open.cut !== undefined || trackIndex < 0) return;
    const reason = this.#cutReason(open, part, trackIndex);
    if (reason !== undefined) open.cut = { msn: part.msn, reason };
  }

  #cutReason(open: OpenFile, part: RecordedPart, trackIndex: number): CutReason | undefined {
    if (part.isDiscontinuity) return 'discontinuity';
    if (part.initId !== open.tracks[trackIndex]?.initId) return 'discontinuity';
    if (this.#hourOf(part.startUs) > this.#hour) {
      // Audio may pass the hour a few ms before video does.
      this.#hour = this.#hourOf(part.startUs);
      return 'hour';
    }
    return open.isTrackMissing && trackIndex === 0 ? 'track' : undefined;
  }

  /** Queues what belongs to the next file until every track has reached the cut. */
  #hold(open: OpenFile, part: RecordedPart): readonly WriteStep[] {
    this.#queue(part);
    const { cut } = open;
    const isThere = (trackId: string) => this.#waiting.some((held) => held.trackId === trackId);
    if (!open.tracks.every(({ trackId }) => isThere(trackId)) && !this.#isOverdue()) return [];
    return [...this.#end(cut?.reason ?? 'gap'), ...this.#begin()];
  }

  #wait(part: RecordedPart): readonly WriteStep[] {
    this.#queue(part);
    return this.#begin();
  }

  #queue(part: RecordedPart): void {
    if (part.bytes === undefined) {
      // Media before a gap cannot be joined to media after it.
      this.#waiting = this.#waiting.filter(({ trackId }) => trackId !== part.trackId);
      return;
    }
    this.#waiting.push(part);
    if (this.#waiting.length > WAITING_MAX_PARTS) this.#waiting.shift();
  }

  #isOverdue(): boolean {
    const starts = this.#waiting.map(({ startUs }) => startUs);
    const last = this.#waiting.at(-1);
    return last !== undefined && last.startUs + last.durationUs - Math.min(...starts) > HOLD_US;
  }

  /** Opens a file as soon as there is a key frame, and audio for it. */
  #begin(): readonly WriteStep[] {
    const decodable = this.#waiting.filter(
      ({ trackId, initId }) => this.#inits.get(trackId)?.id === initId,
    );
    const lead = decodable.find(
      ({ trackId, bytes }) => trackId === this.#trackIds[0] && startsWithKeyframe(bytes),
    );
    if (lead === undefined) return [];
    const usable = decodable.filter((part) =>
      part.trackId === lead.trackId
        ? part.startUs >= lead.startUs
        : part.startUs + part.durationUs > lead.startUs + OVERLAP_US,
    );
    const present = this.#trackIds.filter((id) => usable.some(({ trackId }) => trackId === id));
    const isLeadLong = durationOf(usable, lead.trackId) >= HOLD_US;
    if (present.length < this.#trackIds.length && !isLeadLong) return [];
    this.#waiting = [];
    const baseUs = Math.min(...usable.map(({ startUs }) => startUs));
    const begun = this.#openFile(present, baseUs, lead);
    // Queued parts may themselves end the file.
    return [begun, ...usable.flatMap((part) => this.push(part))];
  }

  #openFile(trackIds: readonly string[], baseUs: number, lead: RecordedPart): WriteStep {
    const inits = trackIds.flatMap((trackId) => {
      const init = this.#inits.get(trackId);
      return init === undefined ? [] : [{ trackId, ...init }];
    });
    const tracks = inits.map(({ trackId, id, track: { kind, timescale } }) => ({
      trackId,
      kind,
      timescale,
      initId: id,
      baseTicks: Math.round((baseUs * timescale) / 1e6),
    }));
    this.#hour = Math.max(this.#hour, this.#hourOf(lead.startUs));
    const { msn } = lead;
    this.#open = { tracks, msn, sequence: 0, cut: undefined, isTrackMissing: false };
    const isWhole = this.#isWhole;
    this.#isWhole = true;
    const header = joinInits(inits.map(({ track }) => track));
    const shown = tracks.map(({ trackId, kind, timescale }) => ({ trackId, kind, timescale }));
    return { type: 'begin', baseUs, tracks: shown, header, isWhole };
  }

  #fragment(open: OpenFile, trackIndex: number, part: RecordedPart, bytes: Buffer): WriteStep {
    const { baseTicks = 0 } = open.tracks[trackIndex] ?? {};
    const read = readFragment(bytes);
    open.sequence += 1;
    const decodeTicks = Math.max(0, (read?.decodeTicks ?? 0) - baseTicks);
    const place = { sequence: open.sequence, trackId: trackIndex + 1, decodeTicks };
    return {
      type: 'fragment',
      trackIndex,
      startUs: part.startUs,
      durationUs: part.durationUs,
      isKeyframe: read?.samples[0]?.isKeyframe ?? false,
      chunks: renumberFragment(bytes, place),
    };
  }

  #end(reason: CutReason): readonly WriteStep[] {
    if (this.#open === undefined) return [];
    this.#open = undefined;
    if (reason === 'gap') this.#waiting = [];
    return [{ type: 'end', reason }];
  }

  /** Which hour of the wall clock, UTC. */
  #hourOf(mediaUs: number): number {
    return Math.floor((this.#epochMs * 1000 + mediaUs) / HOUR_US);
  }
}

function startsWithKeyframe(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && readFragment(bytes)?.samples[0]?.isKeyframe === true;
}

function durationOf(parts: readonly RecordedPart[], id: string): number {
  return parts.reduce((sum, part) => sum + (part.trackId === id ? part.durationUs : 0), 0);
}
