/** What the daemon and a source process send each other. */
import type { LaunchFragment } from '../../hal/gst/launch.ts';

/** What a source process is to run: see graph.ts. */
export interface SourceSettings {
  readonly launch: string;
  /** Frames that the process draws itself. */
  readonly feed?: LaunchFragment['feed'];
  /** Access units that it reads from the descriptor after that of its frames. */
  readonly units?: LaunchFragment['units'];
}

/** Sets a property of an element that runs, one of {@link SETTABLE}. */
export interface ToSource {
  readonly type: 'set';
  readonly element: string;
  readonly property: string;
  readonly value: boolean;
}

export type FromSource =
  /** Frames flow; `clockUs` is CLOCK_MONOTONIC at running time 0. */
  | { readonly type: 'playing'; readonly clockUs: number }
  /** What it played has come to its end, as a file does. */
  | { readonly type: 'ended' };

/** What may be set while it runs: libcamerasrc's `ae-enable` (exposure and gain) and `awb-enable`. */
export const SETTABLE: readonly string[] = ['ae-enable', 'awb-enable'];
