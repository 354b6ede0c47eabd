/**
 * Whether a source that says that it brings every frame in time does so.
 *
 * Believing it saves a frame's time of latency; a camera that leaves frames out needs
 * them repeated. A rough start is forgiven, for another pipeline is a second without
 * a picture.
 */
export interface Steadiness {
  readonly isSteady: boolean;
  /** Frames that were missing up to now. */
  readonly heldTotal: number;
  /** Seconds with holes, less those without. */
  readonly holeyS: number;
}

/** Frames a second that a steady source may leave out. */
const HOLES_FORGIVEN = 3;
/** After so many seconds with more it is believed no longer. */
const HOLEY_S = 5;

export function startSteadiness(isSteady: boolean): Steadiness {
  return { isSteady, heldTotal: 0, holeyS: 0 };
}

/** @param heldTotal Frames missing since the media process began, once a second. */
export function stepSteadiness(before: Steadiness, heldTotal: number): Steadiness {
  const isHoley = heldTotal - before.heldTotal > HOLES_FORGIVEN;
  const holeyS = Math.max(0, before.holeyS + (isHoley ? 1 : -1));
  return { isSteady: before.isSteady && holeyS < HOLEY_S, heldTotal, holeyS };
}
