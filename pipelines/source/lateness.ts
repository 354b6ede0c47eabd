/** By how much all of a source's sound is played later, where it comes later than it is waited for. Pure. */

/** So long none of it came in time: a network has become slower, and stays so. A burst is no reason. */
const LATE_US = 500_000;
/** So long all of it would have come in time: it is played at its own time again. */
const IN_TIME_US = 10_000_000;

export class Lateness {
  #shiftUs = 0;
  #lateSinceUs: number | undefined;
  #mostBehindUs = 0;
  #inTimeSinceUs: number | undefined;

  /** What is added to the times of its blocks: lips are off by it, and the sound is heard. */
  get shiftUs(): number {
    return this.#shiftUs;
  }

  /**
   * A block has come.
   *
   * @param behindUs How far its place, shifted, is behind what has gone out.
   * @param isInTime Whether it would be in time without a shift.
   */
  add(nowUs: number, behindUs: number, durationUs: number, isInTime: boolean): void {
    this.#inTimeSinceUs = isInTime ? (this.#inTimeSinceUs ?? nowUs) : undefined;
    if (this.#shiftUs > 0 && nowUs - (this.#inTimeSinceUs ?? nowUs) >= IN_TIME_US) this.forget();
    if (behindUs < durationUs) {
      this.#lateSinceUs = undefined;
      return;
    }
    if (this.#lateSinceUs === undefined) this.#mostBehindUs = 0;
    this.#lateSinceUs ??= nowUs;
    this.#mostBehindUs = Math.max(this.#mostBehindUs, behindUs);
    if (nowUs - this.#lateSinceUs < LATE_US) return;
    this.#shiftUs += this.#mostBehindUs;
    this.#lateSinceUs = undefined;
  }

  forget(): void {
    this.#shiftUs = 0;
    this.#lateSinceUs = undefined;
    this.#inTimeSinceUs = undefined;
  }
}
