/**
 * A player without a screen: plays parts as they arrive, at the pace of the guests' player.
 * Pure: times come in, by a monotonic clock.
 */
import {
  addSample,
  afterJump,
  afterStall,
  choosePace,
  openPace,
  type Pace,
  START_BEHIND_S,
} from '../player/playback/pace/pace.ts';
import { Stalls } from '../player/playback/stalls.ts';

const PACE_EVERY_MS = 100;
/** Dates of parts that follow each other differ by rounding. */
const GAP_MS = 50;

/** Positions are dates of the stream, Unix time in ms. */
export class Playout {
  readonly #stalls = new Stalls();
  #pace: Pace;
  #startMs = 0;
  #endMs: number | undefined;
  #positionMs: number | undefined;
  #rate = 1;
  #isStalled = false;
  #advancedMs: number;
  #pacedMs: number;

  constructor(nowMs: number) {
    this.#pace = openPace(nowMs);
    this.#advancedMs = nowMs;
    this.#pacedMs = nowMs;
  }

  get stalls(): number {
    return this.#stalls.total;
  }

  get stalledMs(): number {
    return this.#stalls.totalMs;
  }

  /** What is on the screen now; undefined while nothing moves there. */
  get positionMs(): number | undefined {
    return this.#isStalled ? undefined : this.#positionMs;
  }

  /** A part has arrived in full. */
  addPart(dateMs: number, durationMs: number, nowMs: number): void {
    this.advance(nowMs);
    if (!this.#isStalled) this.#note(nowMs);
    const isGap = this.#endMs !== undefined && Math.abs(dateMs - this.#endMs) > GAP_MS;
    if (this.#endMs === undefined || isGap) this.#startMs = dateMs;
    this.#endMs = dateMs + durationMs;
    if (this.#positionMs === undefined) this.#jump(nowMs);
    if (!this.#isStalled) return;
    // What was lost is skipped.
    if (this.#positionMs !== undefined && this.#positionMs < this.#startMs) this.#jump(nowMs);
    this.#isStalled = false;
    this.#stalls.end(nowMs);
  }

  /** Plays on until now; every few hundredths of a second. */
  advance(nowMs: number): void {
    const passedMs = nowMs - this.#advancedMs;
    this.#advancedMs = nowMs;
    if (this.#positionMs === undefined || this.#endMs === undefined || this.#isStalled) return;
    const aheadMs = this.#endMs - this.#positionMs;
    const playedMs = passedMs * this.#rate;
    if (playedMs >= aheadMs) {
      this.#positionMs = this.#endMs;
      this.#isStalled = true;
      this.#stalls.begin(nowMs - (playedMs - aheadMs) / this.#rate);
      this.#pace = afterStall(this.#pace, nowMs);
      return;
    }
    this.#positionMs += playedMs;
    if (nowMs - this.#pacedMs >= PACE_EVERY_MS) this.#keepPace(nowMs);
  }

  #keepPace(nowMs: number): void {
    if (this.#positionMs === undefined || this.#endMs === undefined) return;
    this.#pacedMs = nowMs;
    this.#note(nowMs);
    const place = { endS: this.#endMs / 1000, nowS: this.#positionMs / 1000 };
    const change = choosePace(this.#pace, place, nowMs);
    if ('rate' in change) {
      this.#rate = change.rate;
      return;
    }
    this.#positionMs += change.jumpS * 1000;
    this.#pace = afterJump(this.#pace, nowMs);
  }

  #note(nowMs: number): void {
    if (this.#positionMs === undefined || this.#endMs === undefined) return;
    const place = { endS: this.#endMs / 1000, nowS: this.#positionMs / 1000 };
    this.#pace = addSample(this.#pace, place, nowMs);
  }

  #jump(nowMs: number): void {
    if (this.#endMs === undefined) return;
    const behindMs = (this.#pace.targetS + START_BEHIND_S) * 1000;
    this.#positionMs = Math.max(this.#startMs, this.#endMs - behindMs);
    this.#pace = afterJump(this.#pace, nowMs);
  }
}
