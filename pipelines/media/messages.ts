import type { EdgeReport } from '../edge/state.ts';
import type { ServerSettings } from '../http/server-settings.ts';
import type { ServingFigures } from '../origin/figures.ts';
import type { Ladder } from '../origin/origin.ts';
import type { Stamping } from '../packager/timeline.ts';
import type { TrackKind } from '../packager/track.ts';
import type { Drop } from '../player/pages.ts';
import type { TargetState } from '../recording/settings.ts';
import type { ArchiveSettings, ClipMade } from './archive.ts';
import type { Levels } from './levels.ts';

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

/** What the daemon tells the media process. */
export type ToMedia =
  /** A capture run begins: its tracks come through these FIFOs. */
  | {
      readonly type: 'run';
      readonly run: number;
      readonly inputs: readonly { readonly id: string; readonly path: string }[];
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
      readonly outputs: readonly {
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
      readonly type: 'suspend';
      /** By rendition, the one that stands in for it. */
      readonly substitutes: Readonly<Record<string, string>>;
      readonly hasPreviews: boolean;
    }
  /** A clip of the last so many seconds. */
  | { readonly type: 'clip'; readonly request: number; readonly seconds: number }
  | { readonly type: 'end' };

/** What the media process tells the daemon. */
export type FromMedia =
  | { readonly type: 'listening' }
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
export interface MediaFigures extends ServingFigures {
  /** Of a box that serves another one's stream. */
  readonly edge?: EdgeReport;
}
