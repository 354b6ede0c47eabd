/** Recordings, clips, posters and the replay of a drop: all that outlives the live window. */
import { join } from 'node:path';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { openSwitch } from '../../hal/os/switch.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { ClipIndex } from '../clips/clip-index.ts';
import type { WantedClip } from '../clips/clip-info.ts';
import { type ClipsProcess, openClipsProcess } from '../clips/clips-process.ts';
import type { ClipsSettings } from '../clips/messages.ts';
import { readPoster } from '../clips/poster-file.ts';
import { PosterStore } from '../clips/poster-store.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import { Catalogue } from '../http/cache/catalogue.ts';
import type { HttpRequest } from '../http/handlers.ts';
import type { Reply } from '../http/reply.ts';
import { respondCatalogue } from '../http/respond.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { ClipOnPage } from '../player/pages.ts';
import { openRecorders } from '../recording/recorders.ts';
import { Replay } from '../recording/replay.ts';
import type { TargetSettings, TargetState } from '../recording/settings.ts';
import { clipSlotOf, type GuestView, openGuestView } from './guest-view.ts';

export interface ArchiveSettings {
  readonly targets: readonly TargetSettings[];
  /** The top rendition first, then the sound. */
  readonly trackIds: readonly string[];
  /** Undefined: no clips, posters and previews are made. */
  readonly clips?: ClipsSettings;
  /** How far back viewers can seek while live; 0: the replay comes after the drop. */
  readonly dvrS: number;
}

export interface ArchiveDeps extends ClockAndLog {
  readonly presentation: Presentation;
  /** An address that shows a poster, where that takes a token. */
  readonly sign: (path: string) => string;
  readonly onTargets: (targets: readonly TargetState[]) => void;
}

export interface ClipMade {
  readonly id: string;
  /** Below the viewers' address. */
  readonly path: string;
  readonly durationS: number;
}

export interface Archive {
  /** A track has published a part: to be called from the presentation's `onPublish`. */
  collect(trackId: string): void;
  /** @param dropId Of the drop that is live; undefined where none is. */
  setRecording(dropId: string | undefined): void;
  /** The drop of this box that was last, while none is live: its replay is shown. */
  showLast(dropId: string): void;
  /** Turns live posters and previews on, as they are at first, or off. */
  setPreviews(isOn: boolean): void;
  /** Rejects with a PipelineError CLIP_FAILED, also where clips are not configured. */
  clip(wanted: WantedClip, signal: AbortSignal): Promise<ClipMade>;
  /** They were deleted. */
  forgetClips(ids: readonly string[]): void;
  /** What guests may fetch now, relative to the page. @param sinceMs Of the drop. */
  forGuests(sinceMs: number): ReturnType<GuestView['forGuests']>;
  /** Undefined where there is no such clip. */
  clipOnPage(id: string): ClipOnPage | undefined;
  /** Lists files of others in the catalogue of assets, by path and ETag, in place of those before. */
  list(etags: ReadonlyMap<string, string>): void;
  /** Undefined for a path that is not the archive's. */
  answer(request: HttpRequest): Reply | undefined;
  /** Resolves when all files are closed, soon after the signal aborted. */
  readonly run: Task;
}

const ASSET_CATALOGUE_PATH = '/assets.json';

/** Opens recorders, clips and posters, and what viewers may fetch of them. */
export function openArchive(settings: ArchiveSettings, deps: ArchiveDeps): Archive {
  const { sign } = deps;
  const { clips: clipSettings } = settings;
  const catalogue = new Catalogue();
  const clipIndex = new ClipIndex(catalogue);
  const posterStore = new PosterStore(catalogue, clipSettings?.posterEveryS ?? 0);
  const replay = new Replay(settings.dvrS);
  const recorders = openRecorders({
    ...deps,
    ...settings,
    onState: deps.onTargets,
    onReplayEvent: ({ id, folder }, event) => replay.apply(id, folder, event),
  });
  const clipsProcess = clipSettings && openClips(clipSettings, deps, { clipIndex, posterStore });
  // While no drop is live no clips are made, and their process does not run.
  const clipsSwitch = openSwitch((signal) => clipsProcess?.run(signal) ?? Promise.resolve());
  let liveDropId: string | undefined;
  const setRecording = (dropId: string | undefined) => {
    liveDropId = dropId;
    recorders.setOn(dropId !== undefined, dropId);
    clipsSwitch.set(dropId !== undefined);
    if (dropId === undefined) replay.end();
    else replay.begin(dropId);
  };
  const answer = (request: HttpRequest) =>
    request.path === ASSET_CATALOGUE_PATH
      ? respondCatalogue(request.header, catalogue)
      : (clipIndex.answer(request) ?? posterStore.answer(request) ?? replay.answer(request));
  return {
    collect: (trackId) => {
      recorders.collect(trackId);
      clipsProcess?.collect(trackId);
    },
    setRecording,
    showLast: (dropId) => replay.showLast(dropId),
    setPreviews: (isOn) => clipsProcess?.setLivePosters(isOn),
    clip: async (wanted, signal) => {
      if (clipsProcess === undefined) {
        const advice = 'set clips.folder';
        throw new PipelineError('CLIP_FAILED', 'clips are not configured', { advice });
      }
      const ofDrop = numberOf(clipIndex, liveDropId);
      const made = await clipsProcess.clip({ ...wanted, ...ofDrop }, signal);
      const { seconds: _, ...mark } = { ...wanted, ...ofDrop };
      clipIndex.add({ ...made, info: { ...mark, durationS: made.durationS } });
      return { id: made.id, path: `/clip/${made.id}`, durationS: made.durationS };
    },
    forgetClips: (ids) => forget(ids, { clipIndex, posterStore }),
    ...openGuestView({ clipIndex, posterStore, replay, sign, clock: deps.clock }),
    list: openListing(catalogue),
    answer,
    run: async (signal) => {
      if (clipSettings !== undefined) {
        await showStored(join(clipSettings.folder, 'clips'), clipIndex, posterStore);
      }
      await runAll([(ends) => recorders.run(ends), clipsSwitch.run], signal);
    },
  };
}

/** A clip keeps its number, whatever becomes of the others, and of this process. */
function numberOf(clips: ClipIndex, dropId: string | undefined): Pick<WantedClip, 'ofDrop'> {
  return dropId === undefined ? {} : { ofDrop: { dropId, number: clips.nextNumber(dropId) } };
}

function openListing(catalogue: Catalogue): Archive['list'] {
  let listed: ReadonlyMap<string, string> = new Map();
  return (etags) => {
    for (const path of listed.keys()) if (!etags.has(path)) catalogue.delete(path);
    for (const [path, etag] of etags) catalogue.set(path, etag);
    listed = etags;
  };
}

interface ClipStores {
  readonly clipIndex: ClipIndex;
  readonly posterStore: PosterStore;
}

function openClips(
  settings: ClipsSettings,
  { presentation, clock, log }: ArchiveDeps,
  { clipIndex, posterStore }: ClipStores,
): ClipsProcess {
  return openClipsProcess({
    presentation,
    settings,
    clock,
    log,
    onClipPoster: (clipId, poster) => posterStore.setClip(clipSlotOf(clipId), poster),
    onDeleted: (clipIds) => forget(clipIds, { clipIndex, posterStore }),
    onLivePoster: (poster, preview) => {
      posterStore.setLive(poster).catch((error: unknown) => {
        log.warn('live poster not shown', { reason: messageOf(error) });
      });
      if (preview !== undefined) clipIndex.add(preview);
    },
  });
}

function forget(clipIds: readonly string[], { clipIndex, posterStore }: ClipStores): void {
  for (const id of clipIds) {
    clipIndex.remove(id);
    posterStore.removeClip(clipSlotOf(id));
  }
}

/** Serves the clips that were made before this process started, with their posters. */
async function showStored(
  folder: string,
  clipIndex: ClipIndex,
  posterStore: PosterStore,
): Promise<void> {
  for (const clipId of await clipIndex.addStored(folder)) {
    const poster = await readPoster(folder, clipId);
    if (poster !== undefined) posterStore.setClip(clipSlotOf(clipId), poster);
  }
}
