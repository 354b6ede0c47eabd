/** How many slips may be printed in an hour. */
import type { BootClock, Clock } from '../../hal/os/clock.ts';
import type { PrintJob } from './job.ts';

const HOUR_MS = 3_600_000;

/** Times are of one clock that never steps. */
export interface Budget {
  readonly perHour: number;
  readonly startedMs: readonly number[];
}

export interface HourBudgetDeps {
  readonly perHour: () => number;
  /** Times of slips before `boot` say nothing until then: the clock may be that of the last run. */
  readonly isClockSet?: () => boolean;
  readonly boot?: Pick<BootClock, 'sinceBootMs'>;
  readonly clock: Pick<Clock, 'wallMs' | 'monotonicMs'>;
}

/** What is left of the hour, also over restarts. */
export class HourBudget {
  readonly #deps: HourBudgetDeps;
  #startedMs: Budget['startedMs'];
  /** Of an earlier run, until they are counted for the hour. */
  #earlier: readonly PrintJob[];

  /** @param slips Of earlier runs of the box. */
  constructor(slips: readonly PrintJob[], deps: HourBudgetDeps) {
    this.#deps = deps;
    const { clock, boot, perHour } = deps;
    const wallMs = clock.wallMs();
    const since = sinceBoot(slips, wallMs, boot?.sinceBootMs() ?? 0);
    this.#earlier = slips.filter((job) => !since.includes(job));
    this.#startedMs = spentBefore(perHour(), since, wallMs, clock.monotonicMs()).startedMs;
  }

  /** Why the next slip must wait; undefined where it may be printed now. */
  spentReason(): string | undefined {
    return spentReason(this.#now(), this.#deps.clock.monotonicMs());
  }

  /** One more slip was printed. */
  spend(): void {
    this.#startedMs = spent(this.#now(), this.#deps.clock.monotonicMs()).startedMs;
  }

  #now(): Budget {
    const { perHour, clock, isClockSet } = this.#deps;
    if (this.#earlier.length > 0 && isClockSet?.() !== false) {
      const before = spentBefore(perHour(), this.#earlier, clock.wallMs(), clock.monotonicMs());
      this.#startedMs = [...before.startedMs, ...this.#startedMs].toSorted((a, b) => a - b);
      this.#earlier = [];
    }
    return { perHour: perHour(), startedMs: this.#startedMs };
  }
}

/** How long the next slip must wait; 0 where it may be printed now. */
export function waitMs({ perHour, startedMs }: Budget, nowMs: number): number {
  const recent = startedMs.filter((at) => nowMs - at < HOUR_MS);
  if (recent.length < perHour) return 0;
  const oldest = recent[recent.length - perHour] ?? nowMs;
  return oldest + HOUR_MS - nowMs;
}

/** Why the next slip must wait; undefined where it may be printed now. */
function spentReason(budget: Budget, nowMs: number): string | undefined {
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
function sinceBoot(
  slips: readonly PrintJob[],
  wallMs: number,
  sinceBootMs: number,
): readonly PrintJob[] {
  return slips.filter(({ atMs }) => atMs <= wallMs && wallMs - atMs < sinceBootMs);
}

/** After one more slip. */
function spent({ perHour, startedMs }: Budget, nowMs: number): Budget {
  return { perHour, startedMs: [...startedMs, nowMs].slice(-perHour) };
}
