/** Messages between the daemon and the media process. */
import type { WantedClip } from '../clips/clip-info.ts';
import type { EdgeReport } from '../edge/state.ts';
import type { PipesMessage, UplinkRequest } from '../feed/uplink-request.ts';
import type { ServerSettings } from '../http/server-settings.ts';
import type { ServingFigures } from '../origin/figures.ts';
import type { Ladder } from '../origin/origin.ts';
import type { WantedTrack } from '../packager/track.ts';
import type { DropOnPage, DropSettings, ShopOnPage } from '../player/drop-json.ts';
import type { PushFigures } from '../push/channel.ts';
import type { TargetState } from '../recording/settings.ts';
import type { Scan, WantedScan } from '../scan/messages.ts';
import type { WhepOptions } from '../whep/http/endpoint.ts';
import type { WhepRequest, WhepToServer } from '../whep/messages.ts';
import type { ArchiveSettings, ClipMade } from './archive.ts';
import type { EndedSettings } from './ended-stream.ts';
import type { Levels } from './levels.ts';
import type { StreamStart } from './media-clock.ts';
import type { StalledTrack } from './publication.ts';

/** What the media process needs for one presentation. */
export interface MediaSettings {
  readonly partTargetMs: number;
  readonly segmentMs: number;
  readonly windowS: number;
  /** Above the media sequence numbers and discontinuities of all streams before. */
  readonly firstMsn: number;
  readonly tracks: readonly WantedTrack[];
  readonly ladder: Ladder;
  readonly drop: DropSettings;
  readonly archive: ArchiveSettings;
  readonly ended: EndedSettings;
  /** See `openNotLiveFilter`. */
  readonly previewPath: string;
  /** Streams are pushed to clients that ask for it. */
  readonly hasPush: boolean;
  /** File with the secret of posters and previews; empty: they need no token. */
  readonly tokenSecretFile: string;
  readonly server: ServerSettings;
  /** Left out where nobody gets the stream by WebRTC. */
  readonly whep?: WhepOptions;
}

/** From the daemon to the media process. */
export type ToMedia =
  /** Where media time begins; before the first run. */
  | { readonly type: 'stream'; readonly start: StreamStart }
  /** A capture run starts: it writes its tracks to these FIFOs. */
  | {
      readonly type: 'run';
      readonly run: number;
      readonly inputs: readonly { readonly id: string; readonly path: string }[];
      /** What is shown once it has ended: see `slateUnitFiles`. They may not be there yet. */
      readonly slates: readonly string[];
      /** Raw audio for the level meter; undefined where there is no sound. */
      readonly meter?: {
        readonly path: string;
        readonly channels: number;
        readonly sampleRateHz: number;
      };
    }
  /** CLOCK_MONOTONIC at the run's running time 0, in us. */
  | { readonly type: 'clock'; readonly run: number; readonly clockUs: number }
  | UplinkRequest
  /**
   * A drop is live, or none where `dropId` is left out: guests may watch and recordings
   * start; at its end recordings are completed.
   */
  | {
      readonly type: 'record';
      readonly dropId?: string;
      /** A drop has ended in this moment: the message `drop` that follows says what guests read. */
      readonly isOver?: boolean;
    }
  /** What is suspended to save power; each message replaces the last one. */
  | {
      readonly type: 'suspend';
      /** By suspended rendition, the one that replaces it: see `Presentation.setSubstitutes`. */
      readonly substitutes: Readonly<Record<string, string>>;
      readonly hasPreviews: boolean;
    }
  /** Where phones of the box's hotspot are led; without a page it is not up. */
  | { readonly type: 'portal'; readonly page?: string }
  /** What is sold, for guests; each message replaces the last one. */
  | { readonly type: 'shop'; readonly shop?: ShopOnPage }
  /** The drop that is shown; each message replaces the last one. */
  | { readonly type: 'drop'; readonly drop: DropOnPage }
  /** A code is in the picture, and is to be read off it; none where it is left out. */
  | { readonly type: 'scan'; readonly wanted?: WantedScan }
  /** Requests a clip. */
  | ({ readonly type: 'clip'; readonly request: number } & Omit<WantedClip, 'atMs'>)
  /** Deleted by the crew: guests get them no more. */
  | { readonly type: 'forget-clips'; readonly ids: readonly string[] }
  /** From the WHEP process. */
  | { readonly type: 'whep'; readonly message: WhepToServer }
  /** @param isSeen By viewers: it was a drop's, which was live. */
  | { readonly type: 'end'; readonly isSeen: boolean };

/** From the media process to the daemon. */
export type FromMedia =
  | { readonly type: 'listening'; readonly servesEnded: boolean }
  /** Of a run of capture, too: its bytes are not GDP, or of a format that the box cannot package. */
  | PipesMessage
  /** Forces key frames in all encoders: see `Presentation.wantsKeyframes`. */
  | { readonly type: 'keyframes' }
  /** Ten times a second, where there is sound. */
  | { readonly type: 'levels'; readonly levels: Levels }
  /** Once a second and on each change, where there are recording targets. */
  | { readonly type: 'recording'; readonly targets: readonly TargetState[] }
  /** What was read off a picture of each rendition. */
  | { readonly type: 'scanned'; readonly scan: Scan }
  /** Answers a request for a clip. */
  | { readonly type: 'clip'; readonly request: number; readonly clip: ClipMade }
  | { readonly type: 'no-clip'; readonly request: number; readonly reason: string }
  /** To the WHEP process. */
  | { readonly type: 'whep'; readonly request: WhepRequest }
  | {
      readonly type: 'figures';
      readonly figures: MediaFigures;
      /** Media sequence number of the newest segment. */
      readonly newestMsn?: number | undefined;
    };

/** Sent once a second. */
export interface MediaFigures extends ServingFigures {
  /** Of an edge. */
  readonly edge?: EdgeReport;
  /** Pushed streams, by what each record has; left out where the config has none. */
  readonly push?: Readonly<Record<'part' | 'frame', PushFigures>>;
  /** Left out while parts of all tracks are published. */
  readonly stalled?: StalledTrack;
}
