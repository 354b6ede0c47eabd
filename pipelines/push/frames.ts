/** Frames as records, each in a moof and mdat of its own, before their part is complete. */
import { renderPart } from '../packager/cmaf.ts';
import type { Presentation } from '../packager/presentation.ts';
import { type PublishedFrame, shownOf, type TrackKind } from '../packager/track.ts';
import { initRecord, type OnRecord } from './parts.ts';
import { recordOf } from './records.ts';

/** moof and the header of mdat, around one sample: see `renderPart`. */
const AROUND_BYTES = 108;
/** A longer gap is lost media. */
const GAP_MAX_S = 0.5;

interface Sent {
  initId: string;
  endTicks: number;
}

export class FrameRecords {
  readonly #presentation: Presentation;
  readonly #onRecord: OnRecord;
  readonly #sent = new Map<string, Sent>();
  #sequence = 0;

  constructor(presentation: Presentation, onRecord: OnRecord) {
    this.#presentation = presentation;
    this.#onRecord = onRecord;
  }

  /** To be called with each frame, as the packager has it. */
  add(trackId: string, frame: PublishedFrame): void {
    const track = shownOf(this.#presentation.tracks()).find(({ id }) => id === trackId);
    const segment = track?.window.listed().at(-1);
    if (track === undefined || segment?.initId === undefined) return;
    const { kind, window } = track;
    const { initId } = segment;
    const sent = this.#sent.get(trackId) ?? { initId: '', endTicks: 0 };
    this.#sent.set(trackId, sent);
    if (initId !== sent.initId) {
      const init = window.init(initId);
      if (init === undefined) return;
      sent.initId = initId;
      this.#onRecord(trackId, initRecord(kind, initId, init));
    }
    const startTicks = startOf(frame, sent.endTicks);
    sent.endTicks = frame.endTicks;
    const isFirst = segment.parts.length === 0 && isNear(frame, startTicks, segment.startUs);
    this.#add(
      trackId,
      kind,
      { ...frame, startTicks },
      {
        ...{ msn: segment.msn, part: segment.parts.length, initId },
        isDiscontinuity: segment.isDiscontinuity && isFirst,
      },
    );
  }

  #add(
    trackId: string,
    track: TrackKind,
    { startTicks, endTicks, timescale, isKeyframe, data }: PublishedFrame,
    where: { msn: number; part: number; initId: string; isDiscontinuity: boolean },
  ): void {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const durationTicks = endTicks - startTicks;
    const header = {
      kind: 'media',
      track,
      isStart: track === 'audio' || isKeyframe,
      durationUs: Math.round((durationTicks * 1e6) / timescale),
      dateMs: this.#presentation.epochMs + (startTicks * 1e3) / timescale,
      ...where,
    } as const;
    const render = () => renderPart(sequence, startTicks, [{ data, durationTicks, isKeyframe }]);
    this.#onRecord(trackId, recordOf(header, AROUND_BYTES + data.length, render));
  }
}

/**
 * In a part the last frame is shown longer where the next ones are missing. Here it is sent
 * already, so the frame after them begins earlier: there is no gap.
 */
function startOf({ startTicks, timescale }: PublishedFrame, lastEndTicks: number): number {
  const gap = startTicks - lastEndTicks;
  return gap > 0 && gap <= GAP_MAX_S * timescale ? lastEndTicks : startTicks;
}

function isNear({ timescale }: PublishedFrame, startTicks: number, startUs: number): boolean {
  return Math.abs((startTicks * 1e6) / timescale - startUs) < 1e6 / 50;
}
