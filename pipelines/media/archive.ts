import { join } from 'node:path';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { openSwitch } from '../../hal/os/switch.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { Shelf } from '../clips/clip-index.ts';
import { openStudio } from '../clips/clips-process.ts';
import type { StudioSettings } from '../clips/messages.ts';
import { renderClipPage } from '../clips/page.ts';
import { readPoster } from '../clips/poster-file.ts';
import { Gallery } from '../clips/poster-store.ts';
import { Catalogue } from '../http/cache/catalogue.ts';
import { digestOf } from '../http/cache/digest.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { originOf } from '../http/request.ts';
import { respond, respondCatalogue } from '../http/respond.ts';
import type { Presentation } from '../packager/presentation.ts';
import { openRecorders } from '../recording/recorders.ts';
import { Replay } from '../recording/replay.ts';
import type { TargetSettings, TargetState } from '../recording/settings.ts';

/** What is kept of a drop, beside what is live. */
export interface ArchiveSettings {
  readonly targets: readonly TargetSettings[];
  /** The top rendition first, then the sound. */
  readonly trackIds: readonly string[];
  /** Undefined: no clips, posters and previews are made. */
  readonly studio?: StudioSettings;
  /** How far back viewers can seek while live; 0: the replay comes after the drop. */
  readonly dvrS: number;
  readonly title: string;
}

export interface ArchiveDeps {
  readonly presentation: Presentation;
  /** An address that shows a poster, where that takes a token. */
  readonly sign: (path: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onTargets: (targets: readonly TargetState[]) => void;
}

/** A clip that was made. */
export interface ClipMade {
  readonly id: string;
  /** Below the viewers' address. */
  readonly path: string;
  readonly durationS: number;
}

export interface Archive {
  /** A track has published: call it from the presentation's `onPublish`. */
  collect(trackId: string): void;
  /** A drop is live, by its id, or none is. */
  setRecording(dropId: string | undefined): void;
  /** Live posters and previews are made, which is so at first, or not. */
  setPreviews(isOn: boolean): void;
  /** Rejects with a PipelineError CLIP_FAILED. */
  clip(seconds: number, signal: AbortSignal): Promise<ClipMade>;
  /** undefined for a path that is none of its own. */
  answer(request: HttpRequest): Reply | undefined;
  /** Resolves when all files are closed, soon after the signal aborted. */
  readonly run: Task;
}

const CLIP_PAGE = /^\/clip\/([\w-]{11})$/;
const VALIDATION = '/assets.json';
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'";

/** Recorders, studio, and what viewers may fetch of both. */
export function openArchive(settings: ArchiveSettings, deps: ArchiveDeps): Archive {
  const { presentation, sign, clock, log } = deps;
  const { studio: wanted } = settings;
  const catalogue = new Catalogue();
  const shelf = new Shelf();
  const gallery = new Gallery(catalogue, wanted?.posterEveryS ?? 0);
  const replay = new Replay(settings.dvrS);
  const { targets, trackIds } = settings;
  const recorders = openRecorders({
    presentation,
    trackIds,
    targets,
    clock,
    log,
    onState: deps.onTargets,
    onNews: ({ id, folder }, news) => replay.hear(id, folder, news),
  });
  const studio =
    wanted === undefined
      ? undefined
      : openStudio({
          presentation,
          settings: wanted,
          clock,
          log,
          onClipPoster: (clipId, poster) => gallery.showClip(slotOf(clipId), poster),
          onLivePoster: (poster, preview) => {
            gallery.showLive(poster).catch((error: unknown) => {
              log.warn('live poster not shown', { reason: messageOf(error) });
            });
            if (preview !== undefined) shelf.put(preview);
          },
        });
  // A box that waits for its drop makes nothing, and has no process for it.
  const making = openSwitch((signal) => studio?.run(signal) ?? Promise.resolve());
  const answerClip = ({ path, header }: HttpRequest): Reply | undefined => {
    const [, id] = CLIP_PAGE.exec(path) ?? [];
    if (id === undefined) return undefined;
    const movieName = `clip-${id}.mp4`;
    const isThere = shelf.has(movieName);
    if (!isThere) return refuse(404, 'no such clip', 5);
    const origin = originOf(header);
    if (origin === undefined) return refuse(400, 'the Host header is no address');
    const url = `${origin}${path}`;
    const page = {
      title: settings.title,
      movieName,
      posterPath: sign(`/posters/${slotOf(id)}-640`),
      url,
    };
    const body = [Buffer.from(renderClipPage(page))];
    const freshness = { kind: 'revalidate' } as const;
    const type = 'text/html; charset=utf-8';
    const reply = respond(header, { type, body, digest: digestOf(body), freshness });
    const safety = ['Content-Security-Policy', PAGE_POLICY, 'X-Content-Type-Options', 'nosniff'];
    return { ...reply, headers: [...reply.headers, ...safety] };
  };
  return {
    collect: (trackId) => {
      recorders.collect(trackId);
      studio?.collect(trackId);
    },
    setRecording: (dropId) => {
      const isOn = dropId !== undefined;
      recorders.setOn(isOn, dropId);
      making.set(isOn);
      if (isOn) replay.begin(dropId);
      else replay.end();
    },
    setPreviews: (isOn) => studio?.setDrawing(isOn),
    clip: async (seconds, signal) => {
      if (studio === undefined) throw new Error('clips are not configured');
      const made = await studio.clip(seconds, signal);
      shelf.put(made);
      const { id, durationS } = made;
      return { id, path: `/clip/${id}`, durationS };
    },
    answer: (request) =>
      request.path === VALIDATION
        ? respondCatalogue(request.header, catalogue)
        : (shelf.answer(request) ??
          gallery.answer(request) ??
          replay.answer(request) ??
          answerClip(request)),
    run: async (signal) => {
      if (wanted !== undefined) await showStored(join(wanted.folder, 'clips'), shelf, gallery);
      await runAll([(both) => recorders.run(both), making.run], signal);
    },
  };
}

/** The clips that were made before this process began, with their posters. */
async function showStored(folder: string, shelf: Shelf, gallery: Gallery): Promise<void> {
  for (const clipId of await shelf.putStored(folder)) {
    const poster = await readPoster(folder, clipId);
    if (poster !== undefined) gallery.showClip(slotOf(clipId), poster);
  }
}

/** Slots of the gallery are lower-case; a clip's id is base64url. */
function slotOf(clipId: string): string {
  return `clip-${Buffer.from(clipId).toString('hex')}`.slice(0, 32);
}
