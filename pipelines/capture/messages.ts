import type { TestPicture } from '../../hal/gst/launch.ts';
import type { TrackOutput } from './graph.ts';

/** What the daemon tells the capture process. */
export type ToCapture =
  | {
      readonly type: 'start';
      readonly launch: string;
      readonly outputs: readonly TrackOutput[];
      readonly feed?: { readonly appsrc: string; readonly picture: TestPicture };
    }
  /** Sets the encoder's `bitrate` property to `value`. */
  | { readonly type: 'bitrate'; readonly element: string; readonly value: number }
  /** Sets a property of an element that runs, one of {@link SETTABLE}. */
  | {
      readonly type: 'set';
      readonly element: string;
      readonly property: string;
      readonly value: boolean;
    }
  /** All renditions start a new group of pictures with the same frame. */
  | { readonly type: 'keyframe' };

/** What the capture process tells the daemon. */
export type FromCapture =
  /** Frames flow; `clockUs` is CLOCK_MONOTONIC at running time 0. */
  | { readonly type: 'playing'; readonly clockUs: number }
  /** What it played has come to its end, as a file does. */
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly message: string };

/**
 * What may be set while the pipeline runs: a valve's `drop`, and libcamerasrc's
 * `ae-enable` (exposure and gain) and `awb-enable`.
 */
export const SETTABLE: readonly string[] = ['drop', 'ae-enable', 'awb-enable'];
