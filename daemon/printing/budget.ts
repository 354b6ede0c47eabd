/** How many slips may be printed in an hour. Pure. */

import type { PrintJob } from './job.ts';

const HOUR_MS = 3_600_000;

/** Times are of one clock that never steps. */
export interface Budget {
  readonly perHour: number;
  readonly startedMs: readonly number[];
}

/** How long the next slip must wait; 0 where it may be printed now. */
export function waitMs({ perHour, startedMs }: Budget, nowMs: number): number {
  const recent = startedMs.filter((at) => nowMs - at < HOUR_MS);
  if (recent.length < perHour) return 0;
  const oldest = recent[recent.length - perHour] ?? nowMs;
  return oldest + HOUR_MS - nowMs;
}

/** Why the next slip must wait; undefined where it may be printed now. */
export function spentReason(budget: Budget, nowMs: number): string | undefined {
  const leftMs = waitMs(budget, nowMs);
  if (leftMs === 0) return undefined;
  const minutes = Math.ceil(leftMs / 60_000);
  return `printer.max_per_hour (${budget.perHour}) is reached; the next one in ${minutes} min`;
}

/**
 * What an earlier run of the box has spent of it, when that clock shows `nowMs`. Slips have the times
 * of another clock, which may have been set since: one of more than an hour ahead is not of this hour.
 */
export function spentBefore(
  perHour: number,
  slips: readonly Pick<PrintJob, 'phase' | 'atMs'>[],
  wallMs: number,
  nowMs: number,
): Budget {
  const agesMs = slips
    .filter(({ phase }) => phase === 'printed' || phase === 'sent' || phase === 'uncertain')
    .map(({ atMs }) => wallMs - atMs)
    .filter((ageMs) => Math.abs(ageMs) < HOUR_MS);
  const startedMs = agesMs.map((ageMs) => nowMs - Math.max(0, ageMs)).toSorted((a, b) => a - b);
  return { perHour, startedMs: startedMs.slice(-perHour) };
}

/** Those of this run of the machine: its clock has gone on since, also where it was never set. */
export function sinceBoot(
  slips: readonly PrintJob[],
  wallMs: number,
  sinceBootMs: number,
): readonly PrintJob[] {
  return slips.filter(({ atMs }) => atMs <= wallMs && wallMs - atMs < sinceBootMs);
}

/** After one more slip. */
export function spent({ perHour, startedMs }: Budget, nowMs: number): Budget {
  return { perHour, startedMs: [...startedMs, nowMs].slice(-perHour) };
}
