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
  /** The most there are, rounded; undefined where the driver does not report them. */
  readonly fps?: number;
  /** All of them, exactly. Left out for libcamera. */
  readonly rates?: readonly RateRange[];
  /** The size is the largest of a range rather than a mode of its own. */
  readonly range?: SizeRange;
}

/** Frames per second: 30000/1001 is NTSC's. */
export interface FrameRate {
  readonly numerator: number;
  readonly denominator: number;
}

/** Both the same for a single one. */
export interface RateRange {
  readonly fastest: FrameRate;
  readonly slowest: FrameRate;
}

/** In pixels. */
export interface SizeRange {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly widthStep: number;
  readonly heightStep: number;
}

export function fpsOf({ numerator, denominator }: FrameRate): number {
  return numerator / denominator;
}
