/** What guests see of clips, posters and the replay. */
import type { Clock } from '../../hal/os/clock.ts';
import type { ClipIndex, IndexedClip } from '../clips/clip-index.ts';
import type { PosterStore } from '../clips/poster-store.ts';
import type { ChapterOnPage, ClipSummary, DropProgress } from '../player/drop-json.ts';
import type { ClipOnPage } from '../player/pages.ts';
import type { Replay } from '../recording/replay.ts';
import type { ReplayRecording } from '../recording/replay-segments.ts';
import { startOf } from './drop-id.ts';

export interface GuestViewDeps {
  readonly clipIndex: Pick<ClipIndex, 'newest' | 'clip' | 'preview'>;
  readonly posterStore: Pick<PosterStore, 'widthsPx'>;
  readonly replay: Pick<Replay, 'recordings' | 'chapterS'>;
  /** An address that shows a poster, where that takes a token. */
  readonly sign: (path: string) => string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

type OfArchive = Pick<DropProgress, 'clips' | 'chapters' | 'hasReplay' | 'posters' | 'preview'>;

export interface GuestView {
  /** @param sinceMs Start of the drop; 0 where that was before this process. */
  forGuests(sinceMs: number): OfArchive;
  clipOnPage(id: string): ClipOnPage | undefined;
}

const CLIPS_SHOWN = 12;
/** One in a minute and a half over five hours; every open page loads them. */
const CHAPTERS_MAX = 200;
/** Every open page asks every few seconds: it is put together once for all of them. */
const VALID_MS = 1_000;

export function openGuestView(deps: GuestViewDeps): GuestView {
  const { clipIndex, posterStore, replay, sign, clock } = deps;
  const numbersOf = openNumbers();
  let last: { atMs: number; sinceMs: number; view: OfArchive } | undefined;
  const posterOf = (slot: string, widthPx: number) => ({
    widthPx,
    path: sign(`/posters/${slot}-${widthPx}`).slice(1),
  });
  const postersOf = (slot: string) =>
    posterStore.widthsPx(slot).map((widthPx) => posterOf(slot, widthPx));
  const summary = ({ id, durationS, label }: IndexedClip, number: number): ClipSummary => ({
    ...{ id, number },
    ...(label === undefined ? {} : { label }),
    ...(durationS === undefined ? {} : { durationS }),
    posters: postersOf(clipSlotOf(id)),
  });
  const chapter = ({ atMs, durationS, label }: IndexedClip, number: number): ChapterOnPage[] => {
    if (atMs === undefined || durationS === undefined) return [];
    const startS = replay.chapterS({ atMs, durationS });
    return startS === undefined ? [] : [{ startS, number, ...(label && { label }) }];
  };
  const clipsOf = (sinceMs: number) => {
    const fromMs = sinceMs || startOfReplay(replay.recordings());
    const clips = clipIndex.newest(Number.POSITIVE_INFINITY, fromMs);
    const numbers = numbersOf(fromMs, clips.toReversed());
    const numbered = clips.map((clip) => [clip, numbers.get(clip.id) ?? 0] as const);
    return {
      clips: numbered.slice(0, CLIPS_SHOWN).map(([clip, number]) => summary(clip, number)),
      chapters: numbered.slice(0, CHAPTERS_MAX).flatMap(([clip, number]) => chapter(clip, number)),
    };
  };
  return {
    forGuests: (sinceMs) => {
      const nowMs = clock.monotonicMs();
      if (last !== undefined && last.sinceMs === sinceMs && nowMs - last.atMs < VALID_MS)
        return last.view;
      const view = {
        ...clipsOf(sinceMs),
        hasReplay: replay.recordings().length > 0,
        posters: postersOf('live'),
        ...(clipIndex.preview === undefined ? {} : { preview: sign(clipIndex.preview).slice(1) }),
      };
      last = { atMs: nowMs, sinceMs, view };
      return view;
    },
    clipOnPage: (id) => {
      const clip = clipIndex.clip(id);
      const poster = postersOf(clipSlotOf(id)).findLast(({ widthPx }) => widthPx <= 640);
      return clip && { label: clip.label, poster: poster?.path };
    },
  };
}

/**
 * Of a drop that was before this process. It is named by the machine's clock, and recorded by that
 * of the stream; a disk that came late has not recorded its beginning.
 */
function startOfReplay(recordings: readonly ReplayRecording[]): number {
  const starts = recordings
    .flatMap(({ dropId, epochMs, segments }) => [
      epochMs + (segments[0]?.startUs ?? 0) / 1000,
      Date.parse(startOf(dropId)),
    ])
    .filter((ms) => !Number.isNaN(ms));
  return starts.length === 0 ? 0 : Math.min(...starts);
}

/** A clip keeps its number in the drop; those of an older box are counted. */
function openNumbers() {
  let drop = { sinceMs: Number.NaN, numbers: new Map<string, number>(), last: 0 };
  /** @param clips Of the drop, the oldest first. */
  return (sinceMs: number, clips: readonly IndexedClip[]): ReadonlyMap<string, number> => {
    if (drop.sinceMs !== sinceMs) drop = { sinceMs, numbers: new Map(), last: 0 };
    for (const { id, ofDrop } of clips.filter((one) => !drop.numbers.has(one.id))) {
      const number = ofDrop?.number ?? drop.last + 1;
      drop.last = Math.max(drop.last, number);
      drop.numbers.set(id, number);
    }
    return drop.numbers;
  };
}

/** Name of a clip's poster. Those names are lower-case; a clip's id is base64url. */
export function clipSlotOf(clipId: string): string {
  return `clip-${Buffer.from(clipId).toString('hex')}`.slice(0, 32);
}
