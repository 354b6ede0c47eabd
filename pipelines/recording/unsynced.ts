import type { RecordedPart } from '../feed/part.ts';

/** How far the leading track is safe, in its own terms. */
export interface SafeUntil {
  readonly msn: number;
  readonly untilUs: number;
}

/** What was published and is not on the disk yet, and how long that takes. */
export class Unsafe {
  #waiting: (SafeUntil & { readonly publishedMs: number }) | undefined;
  /** From a part's publication to its being safe, of the last sync; undefined before the first. */
  lagMs: number | undefined;

  /** A part of the leading track; `publishedMs` as CLOCK_MONOTONIC. */
  add({ msn, startUs, durationUs }: RecordedPart, publishedMs: number): void {
    const firstMs = this.#waiting?.publishedMs ?? publishedMs;
    this.#waiting = { publishedMs: firstMs, msn, untilUs: startUs + durationUs };
  }

  /** All that was added is safe now; undefined where there was nothing. */
  synced(nowMs: number): SafeUntil | undefined {
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
