/** The bitrate rules that bonding encoders commonly use, for uplinks without bonding. */
import { type RateBounds, type RateController, type RateEvidence, withinBounds } from './rate.ts';

/** Weight of the newest figure in a moving average of some two seconds. */
const NEWEST = 0.01;

/** A moving average, and the jitter around it. */
class MovingAverage {
  average: number | undefined;
  jitter = 0;

  add(value: number): void {
    if (this.average === undefined) {
      this.average = value;
      return;
    }
    const off = value - this.average;
    this.average += NEWEST * off;
    // A jump counts at once and fades with the average.
    this.jitter = Math.max(this.jitter * (1 - NEWEST), Math.abs(off));
  }
}

const PAUSE_MS = { hard: 250, soft: 200, raise: 500 } as const;

/** They use SRT's RTT and send buffer, and know nothing of the links. */
export class ClassicRate implements RateController {
  readonly #bounds: RateBounds;
  readonly #rtt = new MovingAverage();
  readonly #buffer = new MovingAverage();
  #minRttMs = Number.POSITIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #raisedMs = Number.NEGATIVE_INFINITY;
  readonly everyMs = 20;
  targetBps: number;

  constructor(bounds: RateBounds) {
    this.#bounds = bounds;
    this.targetBps = bounds.maxBps;
  }

  update({ nowMs, srt }: RateEvidence): number {
    const { rttMs, latencyMs = 1000, unackedPackets } = srt;
    if (rttMs === undefined) return this.targetBps;
    const rtt = { ...averageOf(this.#rtt, rttMs) };
    const buffer = { ...averageOf(this.#buffer, unackedPackets) };
    this.#rtt.add(rttMs);
    this.#buffer.add(unackedPackets);
    // The minimum RTT grows slowly, so that it follows another path.
    this.#minRttMs = Math.min(rttMs, this.#minRttMs * 1.0001);

    const isLost =
      rttMs >= latencyMs / 3 || unackedPackets > 4 * (buffer.average + buffer.jitter) + 50;
    if (isLost) return this.#set(this.#bounds.minBps, nowMs, PAUSE_MS.hard);
    if (nowMs < this.#pausedUntilMs) return this.targetBps;
    const isFull =
      rttMs > latencyMs / 5 ||
      unackedPackets > Math.max(50, buffer.average + Math.max(3 * buffer.jitter, buffer.average));
    if (isFull) return this.#set(0.9 * this.targetBps - 100_000, nowMs, PAUSE_MS.hard);
    const isFilling =
      rttMs > rtt.average + Math.max(4 * rtt.jitter, 0.15 * rtt.average) ||
      unackedPackets > Math.max(10, buffer.average + 2.5 * buffer.jitter);
    if (isFilling) return this.#set(this.targetBps - 100_000, nowMs, PAUSE_MS.soft);
    const isStable = rttMs < 1.25 * this.#minRttMs && rttMs <= rtt.average + 1;
    if (!isStable || nowMs - this.#raisedMs < PAUSE_MS.raise) return this.targetBps;
    this.#raisedMs = nowMs;
    return this.#set(this.targetBps * 1.033 + 30_000, nowMs, 0);
  }

  #set(bps: number, nowMs: number, pauseMs: number): number {
    this.targetBps = withinBounds(bps, this.#bounds);
    this.#pausedUntilMs = nowMs + pauseMs;
    return this.targetBps;
  }
}

function averageOf({ average, jitter }: MovingAverage, value: number) {
  return { average: average ?? value, jitter };
}
