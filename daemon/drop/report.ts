/** Makes the report of a drop from its tally. */
import type { DropReport } from '../model/drop-report.ts';
import { round } from '../model/rounding.ts';
import type { Tally } from './tally.ts';

export function reportOf(tally: Tally): DropReport {
  const { latency } = tally;
  const mean = (sum: number) => (latency.n === 0 ? null : round(sum / latency.n / 1000, 2));
  return {
    drop: tally.dropId,
    started: new Date(tally.startedMs).toISOString(),
    ended: new Date(Math.max(tally.lastMs, tally.startedMs)).toISOString(),
    viewers_peak: tally.viewersPeak ?? null,
    latency_s: { p50: mean(latency.p50MsN), p95: mean(latency.p95MsN), n: tally.latencyPeakN },
    stalls: tally.stalls.sum ?? null,
    failovers: tally.failovers ?? null,
    prints: tally.prints.sum ?? null,
    clips: tally.clips,
  };
}
