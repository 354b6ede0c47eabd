/** Bytes (or packets) a second over the last complete tenths of a second, without allocating. */
const BUCKETS = 16;
const BUCKET_MS = 100;

export class RateMeter {
  readonly #buckets = new Float64Array(BUCKETS);
  #bucket = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(amount: number, nowMs: number): void {
    this.#advance(nowMs);
    const at = this.#bucket % BUCKETS;
    this.#buckets[at] = (this.#buckets[at] ?? 0) + amount;
    this.#total += amount;
  }

  /** The sum of the last `windowMs` (100 to 1500, without the current tenth). */
  sum(windowMs: number, nowMs: number): number {
    this.#advance(nowMs);
    let sum = 0;
    for (let back = 1; back <= windowMs / BUCKET_MS; back += 1) {
      sum += this.#buckets[(this.#bucket + BUCKETS - back) % BUCKETS] ?? 0;
    }
    return sum;
  }

  perS(windowMs: number, nowMs: number): number {
    return (this.sum(windowMs, nowMs) * 1000) / windowMs;
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    const passed = Math.min(bucket - this.#bucket, BUCKETS);
    for (let step = 0; step < passed; step += 1) {
      this.#buckets[(bucket - step) % BUCKETS] = 0;
    }
    if (bucket > this.#bucket) this.#bucket = bucket;
  }
}
