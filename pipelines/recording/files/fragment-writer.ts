/** Cuts the parts of a presentation into recording files of fragmented MP4. */
import type { RecordedPart } from '../../feed/part.ts';
import { readFragment } from '../../mp4/fragment.ts';
import { type InitTrack, readInit } from '../../mp4/init.ts';
import { OpenMovie } from './open-movie.ts';
import type { CutReason, WriteStep } from './write-step.ts';

const HOUR_US = 3_600_000_000;
/** Audio that ends this soon after the first frame belongs to the file before. */
const OVERLAP_US = 25_000;
/** Video waits this long for the audio; then the file has none. */
const HOLD_US = 1_500_000;
const WAITING_MAX_PARTS = 256;
/**
 * FAT32 ends a file at 4 GiB. A file ends with its segment, so this leaves room for the
 * longest one.
 */
const MAX_BYTES = 4_000_000_000;
/** The same of a limit that a disk turned out to have, and what is no limit but a fault. */
const LIMIT_SHARE = 0.9;
const SHORT_BYTES = 100_000;

/**
 * A new file starts at each full hour of the wall clock, before a file grows too long for
 * FAT32, and where media was lost; each starts with a key frame and counts its own time
 * from 0.
 *
 * A function of the parts alone, without I/O: two targets that received the same parts
 * write the same bytes, and one that joined late does so from the next cut on.
 */
export class FragmentWriter {
  /** Unix time of media time 0, in ms. */
  #epochMs = 0;
  /** Tracks of a file, the leading one first: a file starts at one of its key frames. */
  readonly #trackIds: readonly string[];
  readonly #inits = new Map<string, { readonly id: string; readonly track: InitTrack }>();
  #maxBytes: number;
  #waiting: RecordedPart[] = [];
  #open: OpenMovie | undefined;
  /** Hour of the wall clock that the open file belongs to; never falls. */
  #hour = 0;
  #isWhole = true;

  /** @param maxBytes A file that is longer ends with its segment. */
  constructor(trackIds: readonly string[], maxBytes = MAX_BYTES) {
    this.#trackIds = trackIds;
    this.#maxBytes = maxBytes;
  }

  /** Its disk takes no longer file: those that follow end before. False where that is none at all. */
  limit(bytes: number): boolean {
    if (bytes < SHORT_BYTES) return false;
    this.#maxBytes = Math.min(this.#maxBytes, bytes * LIMIT_SHARE);
    return true;
  }

  /** @param epochMs Unix time of media time 0. */
  setEpoch(epochMs: number): void {
    this.#epochMs = epochMs;
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
    return [open.fragment(trackIndex, part, part.bytes)];
  }

  /** The next file starts with the segment that this part opens, if it does. */
  #noteCut(open: OpenMovie, part: RecordedPart, trackIndex: number): void {
    if (trackIndex < 0 && part.bytes !== undefined) open.isTrackMissing = true;
    const isDue = part.isSegmentStart && part.msn > open.msn;
    if (!isDue || open.cut !== undefined || trackIndex < 0) return;
    const reason = this.#cutReason(open, part, trackIndex);
    if (reason !== undefined) open.cut = { msn: part.msn, reason };
  }

  #cutReason(open: OpenMovie, part: RecordedPart, trackIndex: number): CutReason | undefined {
    if (part.isDiscontinuity) return 'discontinuity';
    if (part.initId !== open.tracks[trackIndex]?.initId) return 'discontinuity';
    if (this.#hourOf(part.startUs) > this.#hour) {
      // Audio may pass the hour a few ms before video does.
      this.#hour = this.#hourOf(part.startUs);
      return 'hour';
    }
    if (trackIndex !== 0) return undefined;
    if (open.bytes > this.#maxBytes) return 'size';
    return open.isTrackMissing ? 'track' : undefined;
  }

  /** Queues what belongs to the next file until every track has reached the cut. */
  #hold(open: OpenMovie, part: RecordedPart): readonly WriteStep[] {
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
    this.#hour = Math.max(this.#hour, this.#hourOf(lead.startUs));
    const open = new OpenMovie(inits, baseUs, lead.msn);
    this.#open = open;
    const isWhole = this.#isWhole;
    this.#isWhole = true;
    return open.begin(isWhole);
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
