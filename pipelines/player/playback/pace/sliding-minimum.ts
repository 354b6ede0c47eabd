/** The minimum of each slice of time: few figures, however often one comes in. Pure. */

export interface SliceMinimum {
  /** When its slice began. */
  readonly atMs: number;
  readonly minimum: number;
}

export interface WindowOptions {
  readonly sliceMs: number;
  /** Older slices are forgotten. */
  readonly windowMs: number;
}

/** @param slices Oldest first. */
export function addToWindow(
  slices: readonly SliceMinimum[],
  figure: number,
  nowMs: number,
  { sliceMs, windowMs }: WindowOptions,
): readonly SliceMinimum[] {
  const recent = since(slices, nowMs, windowMs);
  const last = recent.at(-1);
  return last !== undefined && nowMs - last.atMs < sliceMs
    ? [...recent.slice(0, -1), { ...last, minimum: Math.min(last.minimum, figure) }]
    : [...recent, { atMs: nowMs, minimum: figure }];
}

/** The slices that began within so long. */
export const since = (slices: readonly SliceMinimum[], nowMs: number, windowMs: number) =>
  slices.filter(({ atMs }) => nowMs - atMs < windowMs);

/** Infinity where there is none. */
export const minimumOf = (slices: readonly SliceMinimum[]) =>
  Math.min(...slices.map(({ minimum }) => minimum));
