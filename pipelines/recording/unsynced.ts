/** Parts that were published and are not on the disk yet, and how long that takes. */
import type { RecordedPart } from '../feed/part.ts';

/** How far the leading track is on the disk. */
export interface SyncedUntil {
  readonly msn: number;
  readonly untilUs: number;
}

export class Unsynced {
  #waiting: (SyncedUntil & { readonly publishedMs: number }) | undefined;
  /** From a part's publication to its sync, at the last sync; undefined before the first. */
  lagMs: number | undefined;

  /** A part of the leading track; `publishedMs` as CLOCK_MONOTONIC. */
  add({ msn, startUs, durationUs }: RecordedPart, publishedMs: number): void {
    const firstMs = this.#waiting?.publishedMs ?? publishedMs;
    this.#waiting = { publishedMs: firstMs, msn, untilUs: startUs + durationUs };
  }

  /** All that was added is on the disk; undefined where there was nothing. */
  synced(nowMs: number): SyncedUntil | undefined {
    if (this.#waiting === undefined) return undefined;
    const { publishedMs, msn, untilUs } = this.#waiting;
    this.#waiting = undefined;
    this.lagMs = nowMs - publishedMs;
    return { msn, untilUs };
  }

  /** What was added will not be written. */
  drop(): void {
    this.#waiting = undefined;
  }
}
