/** Counts what was received of one track, for the reports to its sender (RFC 3550 §6.4, §A.8). Pure. */
import type { Reception, SenderReport } from './rtcp.ts';

export class ReceptionCount {
  readonly #ssrc: number;
  readonly #ticksPerMs: number;
  #first: number | undefined;
  #receivedTotal = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitterTicks = 0;
  #transit: number | undefined;
  #report: { readonly id: number; readonly atMs: number } | undefined;

  constructor(ssrc: number, ticksPerMs: number) {
    this.#ssrc = ssrc;
    this.#ticksPerMs = ticksPerMs;
  }

  /** @param highest The highest sequence number so far, counted on beyond 16 bits. */
  add(timestamp: number, highest: number, nowMs: number): void {
    this.#first ??= highest;
    this.#receivedTotal += 1;
    const transit = (Math.round(nowMs * this.#ticksPerMs) - timestamp) | 0;
    const apart = Math.abs((transit - (this.#transit ?? transit)) | 0);
    this.#transit = transit;
    this.#jitterTicks += (apart - this.#jitterTicks) / 16;
  }

  setReport({ id }: SenderReport, nowMs: number): void {
    this.#report = { id, atMs: nowMs };
  }

  /** Since the last one; undefined before the first packet. */
  take(highest: number | undefined, nowMs: number): Reception | undefined {
    if (this.#first === undefined || highest === undefined) return undefined;
    const expectedTotal = highest - this.#first + 1;
    const expected = expectedTotal - this.#expectedBefore;
    const lost = expected - (this.#receivedTotal - this.#receivedBefore);
    this.#expectedBefore = expectedTotal;
    this.#receivedBefore = this.#receivedTotal;
    const report = this.#report;
    return {
      ssrc: this.#ssrc,
      lostOf256: expected <= 0 || lost <= 0 ? 0 : Math.floor((lost * 256) / expected),
      lostTotal: expectedTotal - this.#receivedTotal,
      highest,
      jitterTicks: this.#jitterTicks,
      ...(report && { last: { id: report.id, agoMs: nowMs - report.atMs } }),
    };
  }
}
