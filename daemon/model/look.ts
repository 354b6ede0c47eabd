/** The look of the drop, as the rest of the box sees it. */

/**
 * - `preparing`: its table is being made.
 * - `ready`: it is shown once the camera runs.
 * - `shown`: viewers get it.
 * - `shed`: off to save power.
 * - `later`: it was asked for during a stream that began without one, and comes with the next checks.
 * - `refused`: its file cannot be used; the reason says where it is wrong.
 */
export type LookPhase = 'preparing' | 'ready' | 'shown' | 'shed' | 'later' | 'refused';

export interface LookState {
  /** One that comes with the box, or its .cube file. */
  readonly name: string;
  /** From 0 to 1. */
  readonly strength: number;
  readonly phase: LookPhase;
  readonly reason?: string;
  /** While it is shown: of the processor for one frame, and of how much. */
  readonly cost?: LookCost;
}

export interface LookCost {
  readonly frameCostMs: number;
  /** From one frame to the next. */
  readonly frameMs: number;
}

/** Of a picture that the crew uploads for the guests' page: a phone's photograph. */
export const UPLOAD_MAX_BYTES = 16 * 1024 * 1024;

/** Time for it to arrive, over a busy Wi-Fi. */
export const UPLOAD_MS = 60_000;

/** After that a page waits no longer: a large picture is decoded meanwhile. */
export const UPLOAD_ANSWER_MS = UPLOAD_MS + 20_000;
