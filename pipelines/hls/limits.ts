/** Durations and limits of a presentation, from the configured part and segment lengths. */

/** They never change while the presentation lives (RFC 8216bis §4.4.3.8). */
export interface Limits {
  /** PART-TARGET. */
  readonly partTargetS: number;
  /** TARGETDURATION, an integer. */
  readonly targetDurationS: number;
  /** How much is listed. At least three target durations (RFC 8216bis §6.2.2). */
  readonly windowS: number;
  /** PART-HOLD-BACK: three part targets (Apple authoring 14.3; the draft's floor is two). */
  readonly partHoldBackS: number;
  /** HOLD-BACK: three target durations (RFC 8216bis §4.4.3.8). */
  readonly holdBackS: number;
  /** CAN-SKIP-UNTIL: six target durations (RFC 8216bis §4.4.3.8). */
  readonly canSkipUntilS: number;
  /** PART tags are listed only this close to the end (RFC 8216bis §6.2.2). */
  readonly listPartsS: number;
  /** The longest time that a request is held; then 503 (RFC 8216bis §6.2.5.2). */
  readonly holdMs: number;
  /** How many parts past the live edge may be requested (RFC 8216bis §6.2.5.2). */
  readonly advanceParts: number;
}

/** RFC 8216bis §4.4.4.9: all parts but a segment's last have at least this share of the target. */
export const PART_MIN_RATIO = 0.85;

/**
 * PART-TARGET for picture parts of `partMs` beside sound in frames of `audioFrameMs`.
 *
 * It rises to the next multiple of audio frames where the rules allow: 10 frames of
 * AAC make five parts per second, 9 make six, and each part is two requests of each
 * viewer.
 */
export function partTargetBeside(partMs: number, audioFrameMs: number): number {
  const frames = Math.ceil(partMs / audioFrameMs - 1e-6);
  // The parts of the picture are longer than one frame of sound less.
  return (frames - 1) / frames >= PART_MIN_RATIO ? frames * audioFrameMs : partMs;
}

/**
 * @param partTargetMs Longest part, in ms.
 * @param segmentMs Time between key frames, in ms: a segment is one GOP.
 * @param windowS Media kept in the playlist, in s.
 */
export function limitsFor(partTargetMs: number, segmentMs: number, windowS: number): Limits {
  // Rounded up to as many decimal places as durations are written with.
  const partTargetS = ceilTo(partTargetMs / 1000, 5);
  const targetDurationS = Math.max(1, Math.round(segmentMs / 1000));
  return {
    partTargetS,
    targetDurationS,
    windowS: Math.max(windowS, 3 * targetDurationS),
    partHoldBackS: ceilTo(3 * partTargetS, 3),
    holdBackS: 3 * targetDurationS,
    canSkipUntilS: 6 * targetDurationS,
    listPartsS: 3 * targetDurationS,
    holdMs: 3000 * targetDurationS,
    advanceParts: partTargetS < 1 ? Math.ceil(3 / partTargetS) : 3,
  };
}

function ceilTo(value: number, places: number): number {
  // A billionth for rounding errors of sums.
  return Math.ceil(value * 10 ** places - 1e-9) / 10 ** places;
}
