/** Slips on their way to the printer, as the rest of the box sees them. */

/**
 * - `waiting`: on the disk; not a byte of it was sent.
 * - `sending`: on its way. One that is found so at the start is uncertain.
 * - `printed`: the printer confirmed it; `sent`: all of it went to a printer that reports nothing.
 * - `uncertain`: perhaps printed. A person must look: the box never prints it again by itself.
 * - `failed`: it cannot be printed at all.
 */
export type PrintPhase = 'waiting' | 'sending' | 'printed' | 'sent' | 'uncertain' | 'failed';

export interface PrintJobInfo {
  /** Letters, digits, hyphens; unique. */
  readonly id: string;
  readonly title: string;
  readonly phase: PrintPhase;
  /** Unix time in ms of the last change. */
  readonly atMs: number;
  /** Why it waits, is uncertain or failed. */
  readonly reason?: string;
  /** The how manieth print of the same slip; 1 is the first. */
  readonly copy: number;
}

/**
 * Why tickets of confirmed orders wait in the ledger: too many slips are not done, which with `power`
 * and `hour` the box itself holds back, or the disk takes none.
 */
export interface HeldTickets {
  readonly kind: 'full' | 'power' | 'hour' | 'not-saved';
  readonly reason: string;
}

/** Slips that the box was asked for. */
export interface PrintFigures {
  /** On their way to the printer. */
  readonly waiting: number;
  readonly printedTotal: number;
  readonly failedTotal: number;
  /** Perhaps printed: a person is to look. */
  readonly uncertain?: number;
  /**
   * Files that the box could not read, or not save: slips of them may be missing, or not verify. The
   * folder `prints`, and what is named with it, is still in its place.
   */
  readonly damaged?: readonly string[];
  readonly held?: HeldTickets;
}
