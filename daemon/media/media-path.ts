/** What the media path is to the rest of the box, with a camera or as an edge. */
import type { SetLive } from '../../hal/camera/port.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Supervised } from '../../hal/os/supervise.ts';
import type { Task } from '../../hal/os/task.ts';
import type { CameraKind } from '../../pipelines/capture/camera-choice.ts';
import type { SourceFigures, SourceKind } from '../../pipelines/capture/messages.ts';
import { PipelineError } from '../../pipelines/errors/pipeline-error.ts';
import type { ClipMade } from '../../pipelines/media/archive.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { MediaFigures } from '../../pipelines/media/messages.ts';
import type { Sprite } from '../../pipelines/overlay/sprite.ts';
import type { DropOnPage, ShopOnPage } from '../../pipelines/player/drop-json.ts';
import type { TargetState } from '../../pipelines/recording/settings.ts';
import type { Scan, WantedScan } from '../../pipelines/scan/messages.ts';
import type { KnownInterfaces } from '../../pipelines/uplink/renamed.ts';
import type { Config } from '../config/config.ts';
import type { DropConfig } from '../config/drop.ts';
import type { Destination } from '../model/destinations.ts';
import type { LookState } from '../model/look.ts';
import type { UplinkFigures } from '../model/snapshot.ts';
import type { DataUseStore } from './data-use-store.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { Suspension } from './suspended-encoders.ts';

export interface MediaPathDeps extends ClockAndLog {
  /** That is in force. */
  readonly config: () => Config;
  /** The drop that is on, or the next one. */
  readonly presentDrop: () => DropConfig;
  /** Those of the config that is in force. */
  readonly inputs: () => Inputs;
  readonly dataUse: DataUseStore;
  /** What the links' interfaces are, whatever they are called now. */
  readonly links: { readonly known: () => KnownInterfaces };
  readonly stateFolder: string;
  /** Under which the crew sees the stage before it is live; a secret. */
  readonly previewPath: string;
  /** The drop that the process was started for is on: the client that asked for it waits for its picture. */
  readonly isFirstDrop: () => boolean;
  /** The drop that is live now; undefined where none is. */
  readonly liveDropId: () => string | undefined;
  /** Viewers are served, before the first frame. */
  readonly onListening: () => void;
  readonly onLevels: (levels: Levels) => void;
  readonly onFigures: (figures: MediaFigures) => void;
  /** What the sources bring, once a second; undefined while they are not wanted. */
  readonly onSources: (figures: SourceFigures | undefined) => void;
  readonly onRecording: (targets: readonly TargetState[]) => void;
  /** What was read of the code in the picture. */
  readonly onScan: (scan: Scan) => void;
  /** At each change; undefined where the drop has no look. */
  readonly onLook: (look: LookState | undefined) => void;
  readonly onUplink: (figures: UplinkFigures) => void;
  /** At the start, on each change and once a second, where the config has some. */
  readonly onDestinations: (destinations: readonly Destination[]) => void;
  readonly onChild: (name: string, supervised: Supervised) => void;
}

/** What a rehearsal wants of the media path. */
export interface HiddenWants {
  readonly isCapturing: boolean;
  readonly isUplinking: boolean;
  /** The time is burned into the picture. */
  readonly hasClock: boolean;
  /** Links that lose all that they carry, as if they were unplugged. */
  readonly blockedLinks: readonly string[];
}

/** What is drawn over the picture, and what is read off it again. */
export interface OverlayPicture {
  readonly sprites: readonly Sprite[];
  /** Undefined where no code is drawn. */
  readonly scan: WantedScan | undefined;
}

/** Capture, media and uplink: three supervised children and what they ask of each other. */
export interface MediaPath {
  /**
   * Runs them. Rejects where an operator must repair it: viewers cannot be served at
   * all, or the drop that the process was started for has no picture.
   */
  readonly run: Task;
  /** Camera and encoder run from the checks to the end of a drop. */
  setCapturing(isWanted: boolean): void;
  /** Ends the process of a source; another one is started. */
  restartSource(kind: SourceKind, reason: string): void;
  /** Puts a camera on air, where there are two. */
  choose(camera: CameraKind): void;
  /** Draws over the picture from the next frame on, in place of what was before. */
  showOverlay(picture: OverlayPicture): void;
  /** Sets a property of the camera's pipeline that runs, where one does. */
  setLive: SetLive;
  /** Kills a media process that has stalled; another one is started. */
  endMedia(): void;
  /**
   * Between drops: what is opened with the config goes by the one that is in force. `input` are
   * encoders and sources, where they run.
   */
  refresh(what: 'media' | 'links' | 'input'): void;
  /** SRT goes upstream while a drop is live. */
  setUplinking(isWanted: boolean): void;
  /** For a rehearsal: also while the drop does not want it; guests see nothing of it. */
  setHidden(wants: HiddenWants): void;
  /** A clip of the last seconds before a MARK. Rejects where none can be made. */
  clip(label: string | undefined, signal: AbortSignal): Promise<ClipMade>;
  /** Clips that were deleted: guests get them no more. */
  forgetClips(ids: readonly string[]): void;
  /**
   * Records a drop, by its id, or none. Begins at once; resolves when each target has
   * closed its files, or ten seconds later.
   */
  setRecording(dropId: string | undefined, signal: AbortSignal): Promise<void>;
  /** What is suspended to save power, until the next call. */
  suspend(suspension: Suspension): void;
  /** What is sold, on the guests' page; a media process that is restarted forgets it. */
  showShop(shop: ShopOnPage | undefined): void;
  /** Where the player's port leads phones of the box's hotspot, which ask there; undefined: nowhere. */
  leadPhones(page: string | undefined): void;
  /** The drop that is on or comes next, on the guests' page; as with the shop. */
  showDrop(drop: DropOnPage): void;
  /** Unix time by the stream's clock, in ms: that of the dates in its playlists. */
  readonly nowMs: () => number;
  /** EXT-X-ENDLIST: viewers play what there is to its end; it is served until the next checks. */
  endStream(): void;
  /** So long it is served at least, in ms: what restarts media waits, unless a person arms. */
  readonly endedLeftMs: () => number;
}

/**
 * Of a box without drops of its own: what begins, ends and changes them does nothing.
 *
 * @param noClips Why there are none, and what to do.
 */
export function pathWithoutDrops(clock: Clock, noClips: string): Omit<MediaPath, 'run'> {
  const nothing = (): void => undefined;
  return {
    setCapturing: nothing,
    restartSource: nothing,
    choose: nothing,
    setLive: nothing,
    endMedia: nothing,
    refresh: nothing,
    suspend: nothing,
    showShop: nothing,
    leadPhones: nothing,
    forgetClips: nothing,
    showDrop: nothing,
    showOverlay: nothing,
    setUplinking: nothing,
    setHidden: nothing,
    setRecording: async () => undefined,
    clip: async () => {
      throw new PipelineError('CLIP_FAILED', noClips);
    },
    nowMs: clock.wallMs,
    endStream: nothing,
    endedLeftMs: () => 0,
  };
}
