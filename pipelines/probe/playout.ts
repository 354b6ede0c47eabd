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
  type Place,
  START_BEHIND_S,
} from '../player/playback/pace/pace.ts';
import { Stalls } from '../player/playback/stalls.ts';

const PACE_EVERY_MS = 100;
/** Dates of parts that follow each other differ by rounding. */
const GAP_MS = 50;

/** What has arrived of picture or sound: both ends are dates. */
interface Arrived {
  readonly startMs: number;
  readonly endMs: number;
}

/** Positions are dates of the stream, Unix time in ms. */
export class Playout {
  readonly #stalls = new Stalls();
  #pace: Pace;
  /** Undefined of a track of which nothing has come yet. */
  #tracks: (Arrived | undefined)[] = [undefined];
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

  /** The picture alone, or picture and sound, of which a player needs both. */
  expectTracks(count: 1 | 2): void {
    if (this.#tracks.length !== count) this.#tracks = Array.from({ length: count });
  }

  /** A part of a track has arrived in full. */
  addPart(dateMs: number, durationMs: number, nowMs: number, track = 0): void {
    this.advance(nowMs);
    if (!this.#isStalled) this.#note(nowMs);
    const before = this.#tracks[track];
    const isGap = before === undefined || Math.abs(dateMs - before.endMs) > GAP_MS;
    const startMs = isGap ? dateMs : before.startMs;
    this.#tracks[track] = { startMs, endMs: dateMs + durationMs };
    const buffered = this.#buffered();
    if (buffered === undefined) return;
    if (this.#positionMs === undefined) this.#jump(nowMs);
    if (!this.#isStalled || this.#positionMs === undefined) return;
    // What was lost is skipped.
    const isOutside = this.#positionMs < buffered.startMs || this.#positionMs > buffered.endMs;
    if (isOutside) this.#jump(nowMs);
    // The other track has not come yet.
    if (this.#positionMs >= buffered.endMs) return;
    this.#isStalled = false;
    this.#stalls.end(nowMs);
  }

  /** What can be played: undefined until all tracks have begun. */
  #buffered(): Arrived | undefined {
    const all = this.#tracks.filter((one) => one !== undefined);
    if (all.length < this.#tracks.length) return undefined;
    const startMs = Math.max(...all.map((one) => one.startMs));
    return { startMs, endMs: Math.min(...all.map((one) => one.endMs)) };
  }

  /** Plays on until now; every few hundredths of a second. */
  advance(nowMs: number): void {
    const passedMs = nowMs - this.#advancedMs;
    this.#advancedMs = nowMs;
    const endMs = this.#buffered()?.endMs;
    if (this.#positionMs === undefined || endMs === undefined || this.#isStalled) return;
    const aheadMs = endMs - this.#positionMs;
    const playedMs = passedMs * this.#rate;
    if (playedMs >= aheadMs) {
      this.#positionMs = endMs;
      this.#isStalled = true;
      this.#stalls.begin(nowMs - (playedMs - aheadMs) / this.#rate);
      this.#pace = afterStall(this.#pace, nowMs);
      return;
    }
    this.#positionMs += playedMs;
    if (nowMs - this.#pacedMs >= PACE_EVERY_MS) this.#keepPace(nowMs);
  }

  #keepPace(nowMs: number): void {
    const place = this.#place();
    if (place === undefined || this.#positionMs === undefined) return;
    this.#pacedMs = nowMs;
    this.#note(nowMs);
    const change = choosePace(this.#pace, place, nowMs);
    if ('rate' in change) {
      this.#rate = change.rate;
      return;
    }
    this.#positionMs += change.jumpS * 1000;
    this.#pace = afterJump(this.#pace, nowMs);
  }

  #note(nowMs: number): void {
    const place = this.#place();
    if (place !== undefined) this.#pace = addSample(this.#pace, place, nowMs);
  }

  #place(): Place | undefined {
    const endMs = this.#buffered()?.endMs;
    if (this.#positionMs === undefined || endMs === undefined) return undefined;
    return { endS: endMs / 1000, nowS: this.#positionMs / 1000 };
  }

  #jump(nowMs: number): void {
    const buffered = this.#buffered();
    if (buffered === undefined) return;
    const behindMs = (this.#pace.targetS + START_BEHIND_S) * 1000;
    this.#positionMs = Math.max(buffered.startMs, buffered.endMs - behindMs);
    this.#pace = afterJump(this.#pace, nowMs);
  }
}
