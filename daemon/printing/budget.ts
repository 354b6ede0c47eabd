/** How many slips may be printed in an hour. Pure. */

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

/** After one more slip. */
export function spent({ perHour, startedMs }: Budget, nowMs: number): Budget {
  return { perHour, startedMs: [...startedMs, nowMs].slice(-perHour) };
}
