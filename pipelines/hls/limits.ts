/** The constants of one presentation. They never change while it lives (RFC 8216bis §4.4.3.8). */
export interface Limits {
  /** PART-TARGET. */
  readonly partTargetS: number;
  /** TARGETDURATION, a whole number. */
  readonly targetDurationS: number;
  /** How much is listed. At least three target durations (RFC 8216bis §6.2.2). */
  readonly windowS: number;
  /** PART-HOLD-BACK: three part targets (Apple authoring 14.3; the draft's floor is two). */
  readonly partHoldBackS: number;
  /** HOLD-BACK: three target durations (RFC 8216bis §4.4.3.8). */
  readonly holdBackS: number;
  /** CAN-SKIP-UNTIL: six target durations (RFC 8216bis §4.4.3.8). */
  readonly canSkipUntilS: number;
  /** PART tags stand only this near the end (RFC 8216bis §6.2.2). */
  readonly listPartsS: number;
  /** A request is held no longer than this, then 503 (RFC 8216bis §6.2.5.2). */
  readonly holdMs: number;
  /** Parts past the edge that may be asked for (RFC 8216bis §6.2.5.2). */
  readonly advanceParts: number;
}

/** RFC 8216bis §4.4.4.9: no part but a segment's last is shorter than this part of the target. */
export const SHORTEST_PART = 0.85;

/**
 * PART-TARGET for picture parts of `partMs` beside sound in frames of `audioFrameMs`.
 *
 * It rises to the next whole number of audio frames where the rules allow: 10 of
 * AAC make five parts of a second, 9 make six, and each part is two requests of each
 * viewer.
 */
export function partTargetBeside(partMs: number, audioFrameMs: number): number {
  const frames = Math.ceil(partMs / audioFrameMs - 1e-6);
  const targetMs = frames * audioFrameMs;
  return partMs >= SHORTEST_PART * targetMs && (frames - 1) / frames >= SHORTEST_PART
    ? targetMs
    : partMs;
}

/**
 * @param partTargetMs Longest part, in ms.
 * @param segmentMs Time between key frames, in ms: each segment is one such group.
 * @param windowS Media kept in the playlist, in s.
 */
export function limitsFor(partTargetMs: number, segmentMs: number, windowS: number): Limits {
  // As many places as durations are written with, and never below them.
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
  // A billionth against the rounding of sums.
  return Math.ceil(value * 10 ** places - 1e-9) / 10 ** places;
}
