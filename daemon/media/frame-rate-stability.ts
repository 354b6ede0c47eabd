/**
 * Whether a source that promises every frame in time keeps its promise.
 *
 * Believing it saves a frame's time of latency; a camera that skips frames needs
 * them repeated. A rough start is forgiven, for another pipeline is a second without
 * a picture.
 */
export interface FrameRateStability {
  readonly isStable: boolean;
  /** Frames that were missing up to now. */
  readonly heldTotal: number;
  /** Seconds with gaps, less those without. */
  readonly gapS: number;
}

/** Frames a second that a stable source may skip. */
const MAX_GAPS = 3;
/** After so many seconds with more it is not believed any more. */
const UNSTABLE_S = 5;

export function startFrameRateStability(isStable: boolean): FrameRateStability {
  return { isStable, heldTotal: 0, gapS: 0 };
}

/** @param heldTotal Frames missing since the media process started, once a second. */
export function stepFrameRateStability(
  before: FrameRateStability,
  heldTotal: number,
): FrameRateStability {
  const hasGaps = heldTotal - before.heldTotal > MAX_GAPS;
  const gapS = Math.max(0, before.gapS + (hasGaps ? 1 : -1));
  return { isStable: before.isStable && gapS < UNSTABLE_S, heldTotal, gapS };
}
