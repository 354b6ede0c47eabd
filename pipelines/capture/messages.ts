/** What the daemon and the capture process, which runs the encoders, send each other. */
import type { LookCost } from '../look/layer.ts';
import type { Sprite } from '../overlay/sprite.ts';
import type { CameraKind } from './camera-choice.ts';
import type { CameraFigures, PictureSettings } from './camera-feed.ts';
import type { TrackOutput } from './graph.ts';
import type { SoundFigures, SoundSettings } from './sound-feed.ts';

export interface CaptureSettings {
  readonly launch: string;
  readonly outputs: readonly TrackOutput[];
  readonly picture: PictureSettings;
  /** For the media process: see `slateUnitFiles`. */
  readonly slates: readonly string[];
  /** Undefined where the box is set to have no sound. */
  readonly sound?: SoundSettings;
}

export type SourceKind = CameraKind | 'sound';

export type ToCapture =
  /** A source process begins: it writes into this FIFO. `run` counts them. */
  | {
      readonly type: 'source';
      readonly kind: SourceKind;
      readonly run: number;
      readonly path: string;
    }
  /** Its frames flow; CLOCK_MONOTONIC at its running time 0, in us. */
  | {
      readonly type: 'source-clock';
      readonly kind: SourceKind;
      readonly run: number;
      readonly clockUs: number;
    }
  /** Sets the encoder's `bitrate` property to `value`. */
  | { readonly type: 'bitrate'; readonly element: string; readonly value: number }
  /** Shuts or opens a rendition's valve. */
  | { readonly type: 'valve'; readonly element: string; readonly isShut: boolean }
  /** Puts a camera on air. */
  | { readonly type: 'choose'; readonly camera: CameraKind }
  /** Burns CLOCK_MONOTONIC into the picture, for a rehearsal, or no more. */
  | { readonly type: 'clock'; readonly isOn: boolean }
  /** What is drawn over the picture from the next frame on, in place of what was before. */
  | { readonly type: 'overlay'; readonly sprites: readonly Sprite[] }
  /** The look from now on: the file of its table, see `openLookTable`; empty for none, as at the start. */
  | { readonly type: 'look'; readonly file: string }
  /** All renditions start a new group of pictures with the same frame. */
  | { readonly type: 'keyframe' };

/** What the sources bring, once a second. */
export interface SourceFigures {
  readonly camera: CameraFigures;
  readonly sound?: SoundFigures;
  /** Left out while pictures have no look. */
  readonly look?: LookFigures;
}

/** Time that one frame takes in the last second. */
export type LookFigures = LookCost;

export type FromCapture =
  /** Frames flow; `clockUs` is CLOCK_MONOTONIC at running time 0. */
  | { readonly type: 'playing'; readonly clockUs: number }
  /** The FIFO of a source is open: its name and the daemon's descriptors can go. */
  | { readonly type: 'source-opened'; readonly kind: SourceKind; readonly run: number }
  | { readonly type: 'figures'; readonly figures: SourceFigures };
