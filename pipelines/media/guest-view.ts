/** What guests see of clips, posters and the replay. */
import type { Clock } from '../../hal/os/clock.ts';
import type { ClipIndex, IndexedClip } from '../clips/clip-index.ts';
import type { PosterStore } from '../clips/poster-store.ts';
import type { ClipSummary, DropProgress } from '../player/drop-report.ts';
import type { ClipOnPage } from '../player/pages.ts';
import type { Replay } from '../recording/replay.ts';

export interface GuestViewDeps {
  readonly clipIndex: ClipIndex;
  readonly posterStore: Pick<PosterStore, 'widthsPx'>;
  readonly replay: Pick<Replay, 'recordings' | 'chapterS'>;
  /** An address that shows a poster, where that takes a token. */
  readonly sign: (path: string) => string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

export interface GuestView {
  forGuests(sinceMs: number): Pick<DropProgress, 'clips' | 'hasReplay' | 'posters' | 'preview'>;
  clipOnPage(id: string): ClipOnPage | undefined;
}

const CLIPS_SHOWN = 12;
/** Every open page asks every few seconds: it is put together once for all of them. */
const VALID_MS = 1_000;

export function openGuestView(deps: GuestViewDeps): GuestView {
  const { clipIndex, posterStore, replay, sign, clock } = deps;
  let last: { atMs: number; sinceMs: number; view: ReturnType<GuestView['forGuests']> } | undefined;
  const posterOf = (slot: string, widthPx: number) => ({
    widthPx,
    path: sign(`/posters/${slot}-${widthPx}`).slice(1),
  });
  const postersOf = (slot: string) =>
    posterStore.widthsPx(slot).map((widthPx) => posterOf(slot, widthPx));
  const summary = ({ id, atMs, durationS, label }: IndexedClip): ClipSummary => {
    const isDated = atMs !== undefined && durationS !== undefined;
    const replayS = isDated ? replay.chapterS({ atMs, durationS }) : undefined;
    return {
      id,
      ...(label === undefined ? {} : { label }),
      ...(durationS === undefined ? {} : { durationS }),
      ...(replayS === undefined ? {} : { replayS }),
      posters: postersOf(clipSlotOf(id)),
    };
  };
  return {
    forGuests: (sinceMs) => {
      const nowMs = clock.monotonicMs();
      if (last !== undefined && last.sinceMs === sinceMs && nowMs - last.atMs < VALID_MS)
        return last.view;
      const view = {
        clips: clipIndex.newest(CLIPS_SHOWN, sinceMs).map(summary),
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

/** Name of a clip's poster. Those names are lower-case; a clip's id is base64url. */
export function clipSlotOf(clipId: string): string {
  return `clip-${Buffer.from(clipId).toString('hex')}`.slice(0, 32);
}
