import type { LaunchFragment } from '../launch.ts';

export interface CameraConfig {
  readonly driver: 'test' | 'v4l2' | 'libcamera' | 'file' | 'custom';
  /** V4L2: a device node. libcamera: a camera's id, or empty for the first. */
  readonly device: string;
  readonly format: 'raw' | 'mjpeg';
  readonly file: string;
  readonly launch: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** A camera, as something that a media graph can start with. */
export interface Camera {
  /** What a person calls it. */
  readonly name: string;
  /** Rejects with a HalError that says what to do when it cannot be used now. */
  check(signal: AbortSignal): Promise<void>;
  /** Raw video. */
  readonly source: LaunchFragment;
}
