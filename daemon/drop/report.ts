/** Makes the report of a drop from its counts. */
import type { DropReport } from '../model/drop-report.ts';
import { round } from '../model/rounding.ts';
import type { DropCounts } from './counts.ts';
import { detailsOf } from './detail-counts.ts';

export function reportOf(counts: DropCounts): DropReport {
  const { latency } = counts;
  const mean = (sum: number) => (latency.n === 0 ? null : round(sum / latency.n / 1000, 2));
  return {
    drop: counts.dropId,
    started: new Date(counts.startedMs).toISOString(),
    ended: new Date(Math.max(counts.lastMs, counts.startedMs)).toISOString(),
    viewers_peak: counts.viewersPeak ?? null,
    latency_s: { p50: mean(latency.p50MsN), p95: mean(latency.p95MsN), n: counts.latencyPeakN },
    stalls: counts.stalls.sum ?? null,
    failovers: counts.failovers ?? null,
    prints: counts.prints.sum ?? null,
    clips: counts.clips,
    sales: counts.sales ?? null,
    switches: counts.switches.sum ?? null,
    hearts: counts.hearts.sum ?? null,
    ...detailsOf(counts.more),
  };
}
