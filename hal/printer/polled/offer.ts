/** The job that a polling printer may fetch, and what it reported. Pure but for the clock. */

import type { Picture } from '../paper/picture.ts';
import type { PrinterStatus, PrintOutcome } from '../port.ts';

/** One that polls every 5 s, and has not for so long, is off. */
const AWAY_MS = 30_000;

/** What a printer reported of itself; left out where all is well. */
export interface Seen {
  readonly paper?: 'low' | 'out';
  readonly isCoverOpen?: boolean;
  readonly fault?: string;
}

export interface Job {
  /** Unique: what a printer reports late is not about the next job. */
  readonly token: string;
  readonly picture: Picture;
  readonly png: Buffer;
}

/** One job at a time; it can be withdrawn until the printer has fetched it. */
export class Offer {
  #job: Job | undefined;
  #isTaken = false;
  #settle: (outcome: PrintOutcome) => void = () => undefined;
  #seenMs = Number.NEGATIVE_INFINITY;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #state: Seen = {};

  /** Resolves when the printer has reported. */
  put(job: Job): Promise<PrintOutcome> {
    this.#job = job;
    this.#isTaken = false;
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Not offered any more. Returns whether the printer had fetched it. */
  withdraw(): boolean {
    const wasTaken = this.#isTaken;
    this.#job = undefined;
    this.#isTaken = false;
    return wasTaken;
  }

  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** What may be fetched: a second time it would be printed twice. */
  get offered(): Job | undefined {
    return this.#isTaken ? undefined : this.#job;
  }

  /** The printer fetches it. */
  take(token: string | null): Job | undefined {
    const job = this.offered;
    if (job === undefined || (token !== null && token !== job.token)) return undefined;
    this.#isTaken = true;
    return job;
  }

  /** Its connection broke before it had the job. */
  giveBack(job: Job): void {
    if (this.#job === job) this.#isTaken = false;
  }

  /** The printer reports on a job that it has fetched; on any other it is heard and forgotten. */
  report(token: string | null, fault: string | undefined): void {
    const job = this.#job;
    if (job === undefined || !this.#isTaken || (token !== null && token !== job.token)) return;
    this.#job = undefined;
    this.#isTaken = false;
    const sentBytes = job.png.length;
    this.#settle(
      fault === undefined
        ? { outcome: 'printed' }
        : { outcome: 'failed', reason: fault, sentBytes },
    );
  }

  /**
   * @param holdMs So long the state stays, though the printer polls on: one that only
   *   reports with a job that failed would be given the next job at once, to fail as well.
   */
  seen(nowMs: number, state: Seen, holdMs = 0): void {
    this.#seenMs = nowMs;
    if (nowMs < this.#heldUntilMs && holdMs === 0) return;
    this.#heldUntilMs = nowMs + holdMs;
    this.#state = state;
  }

  status(nowMs: number): PrinterStatus {
    if (nowMs - this.#seenMs > AWAY_MS)
      return { phase: 'away', reason: 'the printer does not poll' };
    const { paper = 'ok', isCoverOpen = false, fault } = this.#state;
    return {
      phase: 'known',
      isOnline: fault === undefined,
      paper,
      isCoverOpen,
      ...(fault === undefined ? {} : { fault }),
    };
  }
}
