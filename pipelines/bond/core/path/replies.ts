/** Whether the replies of one link's path are overdue. */

/** A reply is expected once this many packets went out: SRTLA acknowledges in tens. */
export const PACKETS_PER_REPLY = 10;

/** The longest pause between replies is remembered, halved in about three seconds. */
const MAX_GAP_MS = 600;
const GAP_FADE_MS = 4000;

export class Replies {
  lastReceivedMs = Number.NEGATIVE_INFINITY;
  /** The longest pause between replies lately. */
  gapMs = 0;
  #expectedSinceMs = 0;
  #unansweredPackets = 0;

  expect(packets: number, nowMs: number): void {
    if (this.#unansweredPackets === 0) this.#expectedSinceMs = nowMs;
    this.#unansweredPackets += packets;
  }

  received(nowMs: number): void {
    const silentMs = this.silentMs(nowMs);
    const passedMs = Math.min(GAP_FADE_MS, nowMs - this.lastReceivedMs);
    this.gapMs = Math.max(
      Math.min(silentMs, MAX_GAP_MS),
      this.gapMs * (1 - passedMs / GAP_FADE_MS),
    );
    this.lastReceivedMs = nowMs;
    this.#unansweredPackets = 0;
  }

  /** For how long replies have been overdue, 0 when none is. */
  silentMs(nowMs: number): number {
    if (this.#unansweredPackets < PACKETS_PER_REPLY) return 0;
    return nowMs - Math.max(this.lastReceivedMs, this.#expectedSinceMs);
  }

  /** A reply is later than `afterMs`. */
  isOverdue(afterMs: number, nowMs: number): boolean {
    return this.#unansweredPackets > 0 && nowMs - this.#expectedSinceMs > afterMs;
  }
}
