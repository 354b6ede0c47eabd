/** Estimates a link's capacity in bit/s from what it delivers while its queue grows. */
import type { RttEstimator } from './rtt.ts';

/** Estimate before anything was measured. Equal for all links: equal shares. */
export const FIRST_GUESS_BPS = 8_000_000;

/** No estimate falls below this, so that every link in use is measured. */
const MIN_BPS = 100_000;

/** Queueing delay allowed beyond the minimum RTT. More: fuller links; less: lower delay. */
const ALLOWED_QUEUE_MS = 60;

/** SRTLA acknowledges in tens, so this much is in flight though it has arrived. */
const UNACKED_BYTES = 12 * 1400;

/** An estimate grows by this fraction a second, by less the nearer its last cut is. */
const GROWTH_PER_S = 0.35;
const CAREFUL_GROWTH_PER_S = 0.04;
const CAREFUL_MS = 8000;

/** It stays within this multiple of what the link has carried lately. */
const UNPROVEN_FACTOR = 2;

/** Tenths of a second in a row that must show congestion: one alone may be a busy machine. */
const CONGESTED_UPDATES = 3;

/**
 * A link whose estimate was not cut for this long, and has grown to its ceiling since, has shown no
 * limit; its window still applies.
 */
const LIMIT_MEMORY_MS = 8000;

/** Only what carries so much of its estimate is tested, and grows beyond a limit that it has shown. */
const TESTED = 0.25;
/**
 * Or has shown no congestion for this long: beside links that have shown no limit its share may be too
 * small for ever, whatever it could carry by now.
 */
const UNTESTED_S = 45;

/** Own loss above this is congestion, until cutting has shown that it is not. */
const LOSS_LIMIT = 0.02;
const LOSS_CUT = 0.85;

/** A cut is judged after this long: did it help? Its queue empties at first. */
const TRIAL_MS = 1500;
const EMPTYING_MS = 500;
/** By so many round trips: a link that carries little has few, and their running mean is old. */
const TRIAL_SAMPLES = 3;
/** Within one trial an estimate falls at most to this part of what was delivered at its start. */
const TRIAL_FLOOR = 0.5;
/** Only a trial in which the link had at most this part of its traffic shows a foreign cause. */
const EASED = 0.8;

/** Figures of one link, ten times a second. */
export interface CapacityEvidence {
  readonly nowMs: number;
  readonly rtt: RttEstimator;
  /** Sent and delivered in the last half second. */
  readonly sentBps: number;
  readonly deliveredBps: number;
  /** Lost of sent in the last 1.5 s, 0 to 1, and how many were sent. */
  readonly lossRatio: number;
  readonly sentPackets: number;
}

/** A cut whose effect is awaited, and the figures at its start. */
interface Trial {
  readonly sinceMs: number;
  readonly bps: number;
  readonly deliveredBps: number;
  /** The longest of it: the running mean follows what happens. */
  queueMs: number;
  /** Delay was a reason for it, not loss alone. */
  isDelayed: boolean;
  readonly lossRatio: number;
  /** Where the samples of its effect begin, once they do. */
  effect?: { readonly sumMs: number; readonly samples: number };
}

/**
 * Without congestion the estimate grows slowly; when RTT rises it falls to what is being
 * delivered, when packets are lost by a seventh. A cut that reduced the traffic and did not
 * help is undone: the bond does not cause that delay or loss.
 */
export class Capacity {
  bps = FIRST_GUESS_BPS;
  /** The most that was delivered lately; it fades by a twentieth a second. */
  provenBps = 0;
  #lastMs = -1;
  #cutMs = Number.NEGATIVE_INFINITY;
  #isBelowCeiling = false;
  #trial: Trial | undefined;
  #congestedUpdates = 0;
  #acceptedLoss = 0;
  #acceptedQueueMs = 0;
  /** Since the last cut, with a limit that nothing has tested. */
  #untestedS = 0;

  /** Bytes that may be in flight without building a queue beyond the allowed one. */
  windowBytes(rtt: RttEstimator): number {
    const pathMs = rtt.minMs + this.#acceptedQueueMs + ALLOWED_QUEUE_MS;
    return (this.bps / 8000) * pathMs + UNACKED_BYTES;
  }

  /** False while nothing shows how much the link can carry. */
  hasShownLimit(nowMs: number): boolean {
    return this.#isBelowCeiling || nowMs - this.#cutMs < LIMIT_MEMORY_MS;
  }

  update(evidence: CapacityEvidence): void {
    const { nowMs, deliveredBps } = evidence;
    const passedS = this.#lastMs < 0 ? 0.1 : Math.min(1, (nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    this.provenBps = Math.max(deliveredBps, this.provenBps * (1 - 0.05 * passedS));
    this.bps = Math.max(this.bps, deliveredBps);
    const isDelayed = this.#isDelayed(evidence);
    const isCongested = isDelayed || this.#isLossy(evidence);
    this.#congestedUpdates = isCongested ? this.#congestedUpdates + 1 : 0;
    if (!isCongested) this.#grow(evidence, passedS);
    else if (this.#congestedUpdates >= CONGESTED_UPDATES) this.#cut(evidence, isDelayed);
  }

  #isDelayed({ rtt }: CapacityEvidence): boolean {
    const queueMs = rtt.meanMs - rtt.minMs - 1.5 * this.#acceptedQueueMs;
    return queueMs > Math.max(40, rtt.minMs / 2, 4 * rtt.fallMs);
  }

  #isLossy({ lossRatio, sentPackets }: CapacityEvidence): boolean {
    return sentPackets >= 50 && lossRatio > LOSS_LIMIT + 1.5 * this.#acceptedLoss;
  }

  #cut(evidence: CapacityEvidence, isDelayed: boolean): void {
    const { nowMs, deliveredBps } = evidence;
    if (deliveredBps <= 0) return;
    if (this.#trial === undefined) {
      const queueMs = evidence.rtt.meanMs - evidence.rtt.minMs;
      const { lossRatio } = evidence;
      const { bps } = this;
      this.#trial = { sinceMs: nowMs, bps, deliveredBps, queueMs, isDelayed, lossRatio };
      if (!isDelayed) this.bps *= LOSS_CUT;
    } else if (this.#isDecided(this.#trial, evidence)) {
      this.#judge(this.#trial, evidence);
      this.#trial = undefined;
      return;
    }
    this.#cutMs = nowMs;
    this.#untestedS = 0;
    this.#isBelowCeiling = true;
    if (!isDelayed) return;
    this.#trial.isDelayed = true;
    // Half way at a time: the figure of one tenth of a second is noisy.
    const floorBps = Math.max(MIN_BPS, TRIAL_FLOOR * this.#trial.deliveredBps);
    const target = Math.max(floorBps, Math.min(this.bps, deliveredBps));
    this.bps = (this.bps + target) / 2;
  }

  #isDecided(trial: Trial, { nowMs, rtt }: CapacityEvidence): boolean {
    trial.queueMs = Math.max(trial.queueMs, rtt.meanMs - rtt.minMs);
    const { sumMs, samples } = rtt;
    if (rtt.newestSentMs - trial.sinceMs > EMPTYING_MS) trial.effect ??= { sumMs, samples };
    const measured = samples - (trial.effect?.samples ?? samples);
    return nowMs - trial.sinceMs > TRIAL_MS && measured >= TRIAL_SAMPLES;
  }

  #judge(trial: Trial, { rtt, lossRatio, sentBps }: CapacityEvidence): void {
    const { effect } = trial;
    if (effect === undefined || sentBps > EASED * trial.deliveredBps) return;
    const queueMs = (rtt.sumMs - effect.sumMs) / (rtt.samples - effect.samples) - rtt.minMs;
    // A running mean of jitter is now and then longer than this one, also when nothing has changed.
    const isDelayCaused = trial.isDelayed && queueMs < 0.8 * trial.queueMs;
    const isLossCaused = lossRatio < 0.7 * trial.lossRatio;
    if (isDelayCaused || isLossCaused) return;
    this.#acceptedQueueMs = queueMs;
    this.#acceptedLoss = lossRatio;
    this.bps = Math.max(this.bps, trial.bps);
    this.#cutMs = Number.NEGATIVE_INFINITY;
    this.#isBelowCeiling = false;
  }

  #grow({ nowMs, lossRatio, rtt, sentBps }: CapacityEvidence, passedS: number): void {
    this.#trial = undefined;
    const isUntested = this.hasShownLimit(nowMs) && sentBps < TESTED * this.bps;
    if (isUntested) {
      this.#cutMs += passedS * 1000;
      if (sentBps > 0) this.#untestedS += passedS;
      // Nothing shows that the limit is another one by now.
      if (this.#untestedS < UNTESTED_S) return;
    }
    const queueMs = rtt.meanMs - rtt.minMs;
    if (this.#acceptedQueueMs > queueMs) this.#acceptedQueueMs *= 1 - 0.05 * passedS;
    if (this.#acceptedLoss > lossRatio) this.#acceptedLoss *= 1 - 0.05 * passedS;
    const calm = Math.min(1, (nowMs - this.#cutMs) / CAREFUL_MS);
    const further = isUntested ? 0 : (GROWTH_PER_S - CAREFUL_GROWTH_PER_S) * calm;
    const rate = CAREFUL_GROWTH_PER_S + further;
    const ceilingBps = Math.max(FIRST_GUESS_BPS, UNPROVEN_FACTOR * this.provenBps);
    if (this.bps >= ceilingBps) this.#isBelowCeiling = false;
    else this.bps = Math.min(ceilingBps, this.bps * (1 + rate * passedS));
  }
}
