/** The box's clock, as a page knows it from the box's answers. Pure: times come in. */

/** An answer of the box, in Unix ms. */
export interface TimedAnswer {
  /** By the clock of this device. */
  readonly sentMs: number;
  readonly receivedMs: number;
  /** What the box's clock said meanwhile. */
  readonly boxMs: number;
}

/** How fast two clocks of crystals go apart at most: 0.1 ms a second (IEEE 802.3 allows each half). */
const DRIFT = 1e-4;

/**
 * The box's time lies between question and answer, so the quickest answer is the most exact one
 * (RFC 5905 §10 has the same rule). With time the clocks go apart, and a slower one replaces it.
 */
export class BoxClock {
  #best: { readonly offsetMs: number; readonly errorMs: number; readonly atMs: number } | undefined;

  /** How far this device's clock is behind the box's; undefined before the first answer. */
  get offsetMs(): number | undefined {
    return this.#best?.offsetMs;
  }

  add({ sentMs, receivedMs, boxMs }: TimedAnswer): void {
    const answer = {
      offsetMs: boxMs - (sentMs + receivedMs) / 2,
      errorMs: Math.max(0, receivedMs - sentMs) / 2,
      atMs: receivedMs,
    };
    const best = this.#best;
    if (best === undefined) {
      this.#best = answer;
      return;
    }
    const bestErrorMs = best.errorMs + Math.abs(receivedMs - best.atMs) * DRIFT;
    const apartMs = Math.abs(answer.offsetMs - best.offsetMs);
    // Not both can be true: one of the clocks was set.
    const wasSet = apartMs > answer.errorMs + bestErrorMs;
    if (wasSet || answer.errorMs <= bestErrorMs) this.#best = answer;
  }
}

/** How far the clock of what is planned is ahead of the one that the stream goes by. */
export function planAheadMs(report: { readonly now: string; readonly planNow?: string }): number {
  return Date.parse(report.planNow ?? report.now) - Date.parse(report.now) || 0;
}
