/** Which rendition a viewer gets, by what it reports. Pure: times come in. */

/** A viewer that loses more than this share of its packets gets less. */
const LOST_MAX = 0.1;
/** So much may be lost where it goes up. */
const LOST_UP_MAX = 0.02;
/** What a viewer can receive must reach this share of what it is sent. */
const ESTIMATE_MIN = 0.9;
/**
 * Receivers estimate from what arrives, half as much again at most, and 8 % a second more: where a
 * still picture begins to move the estimate follows for a while.
 */
const RISE_MIN = 1.05;
const RISE_OVER_MS = 2_000;
/**
 * Of a viewer that estimates nothing, as some Safaris: packets that are under way for so much longer
 * than the quickest ones wait in a queue, which an access point has before it loses any.
 */
const QUEUED_MAX_MS = 300;
/** Where it goes up. */
const QUEUED_UP_MAX_MS = 100;
/** The quickest of so long before: a phone that changes networks has another line from then on. */
const QUICKEST_OF_MS = 45_000;
/** An estimate grows from little, and a loss may be a moment's. */
const SETTLE_MS = 4_000;
const BAD_FOR_MS = 1_500;
const UP_AFTER_MS = 12_000;
/** A rendition that was too much is tried again after this long, and each time after twice as long. */
const RETRY_FIRST_MS = 30_000;
const RETRY_MAX_MS = 480_000;

interface Failure {
  readonly untilMs: number;
  readonly pauseMs: number;
}

/** Begins with the highest: in the room itself that arrives. */
export class RenditionChoice {
  readonly #bitratesBps: readonly number[];
  readonly #failures = new Map<number, Failure>();
  #index: number;
  #sinceMs: number;
  #badSinceMs: number | undefined;
  #goodSinceMs: number | undefined;
  #lost = 0;
  #estimateBps: number | undefined;
  #hasEstimated = false;
  #trips: readonly { readonly atMs: number; readonly tripMs: number }[] = [];
  #queuedMs = 0;
  #before: { readonly atMs: number; readonly bps: number } | undefined;
  #isRising = false;
  #sentBps = Number.POSITIVE_INFINITY;

  /** @param bitratesBps Of each rendition, lowest first. */
  constructor(bitratesBps: readonly number[], nowMs: number) {
    this.#bitratesBps = bitratesBps;
    this.#index = bitratesBps.length - 1;
    this.#sinceMs = nowMs;
  }

  /** The place of the rendition to send. */
  get index(): number {
    return this.#index;
  }

  /** @param lost Share of the packets that were lost, since the last report. */
  setLost(lost: number, nowMs: number): void {
    this.#lost = lost;
    this.#step(nowMs);
  }

  /** @param roundTripMs There and back again, of the last sender report. */
  setRoundTrip(roundTripMs: number, nowMs: number): void {
    // Only those that are quicker than all after them can be the quickest.
    const before = this.#trips.filter(
      ({ atMs, tripMs }) => nowMs - atMs < QUICKEST_OF_MS && tripMs < roundTripMs,
    );
    this.#trips = [...before, { atMs: nowMs, tripMs: roundTripMs }];
    this.#queuedMs = roundTripMs - (this.#trips[0]?.tripMs ?? roundTripMs);
    this.#step(nowMs);
  }

  setEstimate(estimateBps: number, nowMs: number): void {
    this.#estimateBps = estimateBps;
    this.#hasEstimated = true;
    const before = this.#before ?? { atMs: nowMs, bps: estimateBps };
    this.#isRising = estimateBps > before.bps * RISE_MIN;
    const isOld = nowMs - before.atMs >= RISE_OVER_MS;
    this.#before = isOld ? { atMs: nowMs, bps: estimateBps } : before;
    this.#step(nowMs);
  }

  /** @param sentBps What it was sent in the last seconds: of a still picture that is little. */
  setSent(sentBps: number): void {
    this.#sentBps = sentBps;
  }

  #step(nowMs: number): void {
    if (nowMs - this.#sinceMs < SETTLE_MS) return;
    const isCarried = this.#isCarried(this.#index);
    // An estimate knows of the queue, too.
    const queuedMs = this.#hasEstimated ? 0 : this.#queuedMs;
    const isSlow = queuedMs > QUEUED_MAX_MS;
    const isBad = this.#lost > LOST_MAX || isSlow || !(isCarried || this.#isRising);
    this.#badSinceMs = isBad ? (this.#badSinceMs ?? nowMs) : undefined;
    const isGood = this.#lost <= LOST_UP_MAX && queuedMs <= QUEUED_UP_MAX_MS && isCarried;
    this.#goodSinceMs = isGood ? (this.#goodSinceMs ?? nowMs) : undefined;
    if (this.#badSinceMs !== undefined && nowMs - this.#badSinceMs >= BAD_FOR_MS) this.#down(nowMs);
    else if (this.#goodSinceMs !== undefined && nowMs - this.#goodSinceMs >= UP_AFTER_MS) {
      this.#up(nowMs);
    }
  }

  /** What is not sent cannot be estimated: an estimate counts for what is sent now only. */
  #isCarried(index: number): boolean {
    const neededBps = Math.min(this.#bitratesBps[index] ?? 0, this.#sentBps) * ESTIMATE_MIN;
    return this.#estimateBps === undefined || this.#estimateBps >= neededBps;
  }

  #down(nowMs: number): void {
    if (this.#index === 0) return;
    const before = this.#failures.get(this.#index)?.pauseMs;
    const pauseMs = before === undefined ? RETRY_FIRST_MS : Math.min(before * 2, RETRY_MAX_MS);
    this.#failures.set(this.#index, { pauseMs, untilMs: nowMs + pauseMs });
    this.#setIndex(this.#index - 1, nowMs);
  }

  #up(nowMs: number): void {
    const next = this.#index + 1;
    if (next >= this.#bitratesBps.length) return;
    if (nowMs >= (this.#failures.get(next)?.untilMs ?? 0)) this.#setIndex(next, nowMs);
  }

  #setIndex(index: number, nowMs: number): void {
    this.#index = index;
    this.#sinceMs = nowMs;
    this.#badSinceMs = undefined;
    this.#goodSinceMs = undefined;
    this.#lost = 0;
    this.#queuedMs = 0;
    this.#estimateBps = undefined;
    this.#before = undefined;
    this.#isRising = false;
  }
}
