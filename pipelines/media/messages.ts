import type { EdgeReport } from '../edge/state.ts';
import type { PipelineErrorCode } from '../errors.ts';
import type { Ladder } from '../hls/origin.ts';
import type { HttpFigures } from '../hls/server.ts';
import type { ServerSettings } from '../hls/server-settings.ts';
import type { Quantiles, ViewerFigures } from '../hls/viewers.ts';
import type { TargetState } from '../record/settings.ts';
import type { ArchiveSettings, ClipMade } from './archive.ts';
import type { Levels } from './levels.ts';
import type { Stamping } from './timeline.ts';
import type { TrackKind } from './track.ts';

/** What the media process needs to serve one presentation. */
export interface MediaSettings {
  readonly partTargetMs: number;
  readonly segmentMs: number;
  readonly windowS: number;
  /** Unix time of media time 0, in ms; the same for every media process of one daemon. */
  readonly epochMs: number;
  readonly tracks: readonly { readonly id: string; readonly kind: TrackKind }[];
  readonly ladder: Ladder;
  readonly drop: Drop;
  readonly archive: ArchiveSettings;
  /** See `openCurtain`. */
  readonly previewPath: string;
  /** Whose posters and previews need a token; empty: they need none. */
  readonly tokenSecretFile: string;
  readonly server: ServerSettings;
}

/** What the page shows before the first frame. */
export interface Drop {
  readonly title: string;
  /** RFC 3339; empty when it is on already. */
  readonly startsAt: string;
}

/** What the daemon tells the media process. */
export type ToMedia =
  | { readonly type: 'start'; readonly settings: MediaSettings }
  /** A capture run begins: its tracks come through these FIFOs. */
  | {
      readonly type: 'run';
      readonly run: number;
      readonly inlets: readonly { readonly id: string; readonly path: string }[];
      /** Raw sound for the level meter; undefined where there is no sound. */
      readonly meter?: {
        readonly path: string;
        readonly channels: number;
        readonly sampleRateHz: number;
      };
      readonly stampings: Readonly<Record<TrackKind, Stamping>>;
    }
  /** CLOCK_MONOTONIC at the run's running time 0, in us. */
  | { readonly type: 'clock'; readonly run: number; readonly clockUs: number }
  /** An uplink begins: it reads these tracks from these FIFOs. */
  | {
      readonly type: 'uplink';
      readonly run: number;
      readonly outlets: readonly {
        readonly id: string;
        readonly kind: TrackKind;
        readonly path: string;
      }[];
    }
  /**
   * A drop is live, or none where it is left out: guests see it from here on, and
   * recordings begin; at its end what was published is written out.
   */
  | {
      readonly type: 'record';
      readonly dropId?: string;
      /** There was one: guests are told for a while that it is over. */
      readonly isOver?: boolean;
    }
  /** What rests to save power: see `Presentation.setStandIns`; the last word counts. */
  | {
      readonly type: 'rest';
      /** By rendition, the one that stands in for it. */
      readonly standIns: Readonly<Record<string, string>>;
      readonly hasPreviews: boolean;
    }
  /** A clip of the last so many seconds. */
  | { readonly type: 'clip'; readonly request: number; readonly seconds: number }
  | { readonly type: 'end' };

/** What the media process tells the daemon. */
export type FromMedia =
  | { readonly type: 'listening' }
  | { readonly type: 'failed'; readonly code: PipelineErrorCode; readonly message: string }
  /** All FIFOs of a run or an uplink are open: their names and the daemon's descriptors can go. */
  | { readonly type: 'opened'; readonly run: number }
  /** The run's bytes are not GDP, or hold what the box cannot carry; or the pipes cannot be opened. */
  | { readonly type: 'broken'; readonly run: number; readonly message: string }
  /** All encoders are to give a key frame now: see `Presentation.wantsKeyframes`. */
  | { readonly type: 'keyframes' }
  /** Ten times a second, where there is sound. */
  | { readonly type: 'levels'; readonly levels: Levels }
  /** Once a second and on each change, where there is something to record to. */
  | { readonly type: 'recording'; readonly targets: readonly TargetState[] }
  /** Answers a request for a clip. */
  | { readonly type: 'clip'; readonly request: number; readonly clip: ClipMade }
  | { readonly type: 'no-clip'; readonly request: number; readonly reason: string }
  | { readonly type: 'figures'; readonly figures: MediaFigures };

/** Once a second. */
export interface MediaFigures {
  readonly isFlowing: boolean;
  readonly http: HttpFigures;
  readonly viewers: ViewerFigures;
  /** From a part's last captured frame to its bytes being servable. */
  readonly partLagMs: Quantiles | undefined;
  readonly partsTotal: number;
  readonly heldBytes: number;
  /** Frames that the camera left out, filled by showing their neighbours longer. */
  readonly heldFramesTotal: number;
  /** Frames of the camera in the last second; left out where there were none. */
  readonly framesPerS?: number;
  /** Of a box that serves another one's stream. */
  readonly edge?: EdgeReport;
  /** By rendition, the one whose pictures it has now; only where that is another. */
  readonly standIns: Readonly<Record<string, string>>;
  /** Renditions whose own encoders nobody needs by now. */
  readonly resting: readonly string[];
}
