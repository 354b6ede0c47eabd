/** How much time the whole run has left, whatever hangs: what comes after it is not run, and said. */

/** Seconds; scripts/test.sh gives what it has left of CI's half hour. */
const WITHIN_S = Number(process.env['TESTS_WITHIN_S'] || 1_620);

/** Counted from the start of this process; below 0 once it is over. */
export function leftMs(): number {
  return WITHIN_S * 1_000 - performance.now();
}

/** The time limit of one program. */
export function withinMs(limitMs: number): number {
  return Math.max(0, Math.min(limitMs, leftMs()));
}
