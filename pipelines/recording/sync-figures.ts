/** Figures of a target's syncs: when the next is due, what is not on the disk yet, the bitrate. */
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

/**
 * From the start of a sync to that of the next one. With the part under way (0.2 s) and the
 * sync itself it bounds what a power cut loses; a shorter time wears the card more.
 */
const EVERY_MS = 400;
/** For so long media may wait and be written, all in all: on a slow disk it waits less. */
const WITHIN_MS = 500;
/** Between two syncs, so that what has arrived meanwhile goes into one. */
const PAUSE_MS = 50;

/**
 * When to sync. Counted from the start of the last one: on exFAT and vfat a sync writes all
 * that the kernel holds for the disk and may take 300 ms, which must not come on top.
 */
export class SyncPace {
  #startedMs = 0;
  #endedMs = 0;

  /** A file was begun, which syncs, too. */
  began(nowMs: number): void {
    this.#startedMs = nowMs;
    this.#endedMs = nowMs;
  }

  synced(startedMs: number, nowMs: number): void {
    this.#startedMs = startedMs;
    this.#endedMs = nowMs;
  }

  isDue(nowMs: number): boolean {
    const waitMs = Math.min(EVERY_MS, WITHIN_MS - (this.#endedMs - this.#startedMs));
    return nowMs >= Math.max(this.#startedMs + waitMs, this.#endedMs + PAUSE_MS);
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
