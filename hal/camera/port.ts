/** What a camera is to its callers. */

import type { LaunchFragment, SendUnits } from '../gst/launch.ts';

export interface CameraConfig {
  readonly driver: 'test' | 'v4l2' | 'libcamera' | 'rtsp' | 'srt' | 'whip' | 'file' | 'custom';
  /**
   * V4L2: a device node, or a stable id as `venuebox doctor` lists it. libcamera: a
   * camera's id, or empty for the first.
   */
  readonly device: string;
  readonly format: 'raw' | 'mjpeg';
  readonly file: string;
  readonly launch: string;
  /** Of a network camera, see `NetworkSourceConfig`. */
  readonly url?: string;
  readonly latency_ms?: number;
  readonly transport?: 'tcp' | 'udp';
  readonly credentials_file?: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/**
 * Controls and the values that a camera had before its lock. Empty for one that
 * forgets a lock with the process that did it.
 */
export type LockedControls = readonly (readonly [control: number, value: number])[];

/** A camera, as something that a media graph can start with. */
export interface Camera {
  /** What a person calls it. */
  readonly name: string;
  /** Rejects with a HalError that says what to do when it cannot be used now. */
  check(signal: AbortSignal): Promise<void>;
  /** Raw video. Read it after `check`, which finds out where a stable id is plugged in. */
  readonly source: LaunchFragment;
  /** Has its access units sent into a FIFO, where another process receives them. */
  readonly sendUnits?: SendUnits;
  /** Its process has failed: the next `check` may put off another try. */
  onFailed?(error: unknown): void;
  /**
   * Holds exposure and white balance where they are; returns what the camera had by itself.
   * Rejects with `HalError`: UNSUPPORTED where it has no such thing, NOT_FOUND, GONE.
   */
  lock(signal: AbortSignal): Promise<LockedControls>;
  /**
   * Gives them back to the camera. Nothing happens when they are not locked.
   *
   * @param held what a process before this one had locked, and left so.
   */
  unlock(signal: AbortSignal, held?: LockedControls): Promise<void>;
}

/** Sets a property of an element in the pipeline that runs now, if one runs. */
export type SetLive = (element: string, property: string, value: boolean) => void;
