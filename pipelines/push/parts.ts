/** What the packager publishes, as records: each part once, and each init section before it. */
import { PartTap } from '../feed/tap.ts';
import type { Presentation } from '../packager/presentation.ts';
import { type PushedRecord, recordOf } from './records.ts';

export type OnRecord = (trackId: string, record: PushedRecord) => void;

/** Lost parts leave a gap: they have no record. */
export class PartRecords {
  readonly #tap: PartTap;
  readonly #index = new Map<string, number>();

  constructor(presentation: Presentation, trackIds: readonly string[], onRecord: OnRecord) {
    this.#tap = new PartTap(presentation, trackIds, {
      onInit: (trackId, initId, init) => {
        const track = presentation.kindOf(trackId) ?? 'video';
        onRecord(trackId, initRecord(track, initId, init));
      },
      onPart: ({ trackId, kind, msn, isSegmentStart, bytes, ...part }) => {
        const index = isSegmentStart ? 0 : (this.#index.get(trackId) ?? 0) + 1;
        this.#index.set(trackId, index);
        if (bytes === undefined) return;
        const header = {
          kind: 'media',
          track: kind,
          // A segment begins with a key frame.
          isStart: kind === 'audio' || isSegmentStart,
          isDiscontinuity: isSegmentStart && part.isDiscontinuity,
          part: index,
          durationUs: part.durationUs,
          msn,
          dateMs: presentation.epochMs + part.startUs / 1000,
          initId: part.initId,
        } as const;
        onRecord(
          trackId,
          recordOf(header, bytes.length, () => bytes),
        );
      },
    });
  }

  /** To be called when a track has published. */
  collect(trackId: string): void {
    this.#tap.collect(trackId);
  }
}

export function initRecord(track: 'video' | 'audio', initId: string, init: Buffer): PushedRecord {
  return recordOf({ kind: 'init', track, initId }, init.length, () => init);
}
