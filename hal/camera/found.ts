/** A camera of this machine, as discovery reports it. */
export interface FoundCamera {
  readonly driver: 'v4l2' | 'libcamera';
  /** Stays the same over restarts and replugging; `camera.device` may be set to it. */
  readonly id: string;
  /** What its maker calls it. */
  readonly name: string;
  /** Its present node, for V4L2. */
  readonly path?: string;
  /** Other names that `camera.device` may use for it. */
  readonly aliases: readonly string[];
  readonly modes: readonly CameraMode[];
}

export interface CameraMode {
  /** Four characters: `YUYV`, `MJPG`; a sensor's raw format for libcamera. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** The most there are; undefined where the driver does not report them. */
  readonly fps?: number;
  /** The largest of a range rather than a mode of its own. */
  readonly isRange?: true;
}
