/** A link whose capacity is estimated from made-up figures, a tenth of a second at a time. */
import { Capacity, type CapacityEvidence } from '../../../../pipelines/bond/core/path/capacity.ts';
import { RttEstimator } from '../../../../pipelines/bond/core/path/rtt.ts';

/** Of a path of 50 ms with a queue of so many. */
export function rttWith(queueMs: number): RttEstimator {
  const rtt = new RttEstimator();
  rtt.add(50, 1_000);
  for (let i = 0; i < 100; i += 1) rtt.add(50 + queueMs, 1_000);
  return rtt;
}

export const CALM = rttWith(0);
export const QUEUED = rttWith(100);

export class Estimated {
  readonly capacity = new Capacity();
  nowMs = 1_000;
  /** Each tenth brings a round trip, as its others were. */
  isMeasured = true;

  /** Tenths of a second, with these figures. */
  run(tenths: number, more: Partial<CapacityEvidence>): number {
    const { rtt = CALM } = more;
    for (let i = 0; i < tenths; i += 1) {
      this.nowMs += 100;
      if (this.isMeasured) {
        rtt.sumMs += rtt.meanMs;
        rtt.samples += 1;
        rtt.newestSentMs = this.nowMs - rtt.meanMs;
      }
      this.capacity.update({
        nowMs: this.nowMs,
        rtt: CALM,
        sentBps: 6e6,
        deliveredBps: 6e6,
        lossRatio: 0,
        sentPackets: 500,
        ...more,
      });
    }
    return this.capacity.bps;
  }
}
