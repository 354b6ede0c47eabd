/** The least of each slice of time: few figures, however often one comes in. Pure. */

export interface Least {
  /** When its slice began. */
  readonly atMs: number;
  readonly least: number;
}

export interface LeastOptions {
  readonly sliceMs: number;
  /** Older slices are forgotten. */
  readonly windowMs: number;
}

/** @param slices Oldest first. */
export function addLeast(
  slices: readonly Least[],
  figure: number,
  nowMs: number,
  { sliceMs, windowMs }: LeastOptions,
): readonly Least[] {
  const recent = since(slices, nowMs, windowMs);
  const last = recent.at(-1);
  return last !== undefined && nowMs - last.atMs < sliceMs
    ? [...recent.slice(0, -1), { ...last, least: Math.min(last.least, figure) }]
    : [...recent, { atMs: nowMs, least: figure }];
}

/** The slices that began within so long. */
export const since = (slices: readonly Least[], nowMs: number, windowMs: number) =>
  slices.filter(({ atMs }) => nowMs - atMs < windowMs);

/** Infinity where there is none. */
export const leastOf = (slices: readonly Least[]) => Math.min(...slices.map(({ least }) => least));
