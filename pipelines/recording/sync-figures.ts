/** Figures of a target's syncs: what is not on the disk yet, the lag and the bitrate. */
import type { RecordedPart } from '../feed/part.ts';

/** How far the leading track is on the disk. */
export interface SyncedUntil {
  readonly msn: number;
  readonly untilUs: number;
}

/** Parts that were published and are not on the disk yet. */
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
/** Window of the mean; within the first second there is none. */
const OVER_MS = 10_000;
const MIN_MS = 1_000;

/** How fast a target is being written to. */
export class WriteRate {
  #written: { readonly atMs: number; readonly bytes: number }[] = [];

  add(bytes: number, nowMs: number): void {
    this.#written.push({ atMs: nowMs, bytes });
  }

  /** In bit/s; 0 where nothing was written lately. */
  bps(nowMs: number): number {
    this.#written = this.#written.filter(({ atMs }) => nowMs - atMs < OVER_MS);
    const first = this.#written[0];
    if (first === undefined || nowMs - first.atMs < MIN_MS) return 0;
    const bytes = this.#written.slice(1).reduce((sum, one) => sum + one.bytes, 0);
    return (bytes * 8_000) / (nowMs - first.atMs);
  }
}
