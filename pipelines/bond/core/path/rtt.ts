/** One link's round trip time: mean, deviation and minimum of the last ten seconds, all in ms. */
/** Weights of a new sample in the mean and in the deviation (RFC 6298 §2.3). */
const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;

/** RTT before anything was measured. With a larger one a new link counts as silent later. */
const FIRST_GUESS_MS = 200;

/** The minimum covers this many seconds: it follows a longer path after that. */
const MINIMUM_BUCKETS = 10;
const BUCKET_MS = 1000;

/** A larger sample comes from a wrong clock or a faulty peer. */
const MAX_RTT_MS = 10_000;

export class RttEstimator {
  meanMs = FIRST_GUESS_MS;
  deviationMs = FIRST_GUESS_MS / 4;
  /**
   * Mean of what the samples are below the mean: half the deviation where the path jitters, and
   * nothing while its queue grows, however fast.
   */
  fallMs = FIRST_GUESS_MS / 8;
  /** Of all samples, for the mean of those since another moment. */
  sumMs = 0;
  samples = 0;
  /** When the packet of the newest one was sent. */
  newestSentMs = Number.NEGATIVE_INFINITY;
  #isMeasured = false;
  #minMs = FIRST_GUESS_MS;
  readonly #buckets = new Float64Array(MINIMUM_BUCKETS).fill(Number.POSITIVE_INFINITY);
  #bucket = 0;

  get isMeasured(): boolean {
    return this.#isMeasured;
  }

  /** Minimum of the last ten seconds: the path without its queues. */
  get minMs(): number {
    return this.#minMs;
  }

  /** After this age a reply is late: mean plus four deviations (RFC 6298 §2.3). */
  get lateMs(): number {
    return this.meanMs + 4 * this.deviationMs;
  }

  add(sampleMs: number, nowMs: number): void {
    if (!(sampleMs >= 0 && sampleMs <= MAX_RTT_MS)) return;
    if (this.#isMeasured) {
      const error = sampleMs - this.meanMs;
      this.meanMs += MEAN_GAIN * error;
      this.deviationMs += DEVIATION_GAIN * (Math.abs(error) - this.deviationMs);
      this.fallMs += DEVIATION_GAIN * (Math.max(0, -error) - this.fallMs);
    } else {
      this.#isMeasured = true;
      this.meanMs = sampleMs;
      this.deviationMs = sampleMs / 4;
      this.fallMs = sampleMs / 8;
    }
    this.sumMs += sampleMs;
    this.samples += 1;
    this.newestSentMs = nowMs - sampleMs;
    this.#addMin(sampleMs, nowMs);
  }

  /** Forgets the path: a link that came back may have another. */
  reset(): void {
    this.#isMeasured = false;
    this.#buckets.fill(Number.POSITIVE_INFINITY);
  }

  #addMin(sampleMs: number, nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    const passed = Math.min(bucket - this.#bucket, MINIMUM_BUCKETS);
    for (let step = 0; step < passed; step += 1) {
      this.#buckets[(bucket - step) % MINIMUM_BUCKETS] = Number.POSITIVE_INFINITY;
    }
    this.#bucket = bucket;
    const at = bucket % MINIMUM_BUCKETS;
    this.#buckets[at] = Math.min(this.#buckets[at] ?? Number.POSITIVE_INFINITY, sampleMs);
    this.#minMs = Math.min(...this.#buckets);
  }
}
