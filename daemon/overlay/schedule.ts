/** When the code is shown. Pure. */

/** Of the config; in seconds after the drop has gone live. */
export interface Schedule {
  readonly fromS: number;
  /** 0: until the end. */
  readonly forS: number;
  /** Again each so many seconds; 0: once. */
  readonly everyS: number;
}

/**
 * Whether it is shown.
 *
 * @param liveForS Since the drop has been live; undefined while none is.
 */
export function isDue({ fromS, forS, everyS }: Schedule, liveForS: number | undefined): boolean {
  // Before the drop the crew sees it too, on the operator's page, unless it has its time.
  if (liveForS === undefined) return fromS === 0;
  if (liveForS < fromS) return false;
  if (forS === 0) return true;
  const sinceS = liveForS - fromS;
  return (everyS === 0 ? sinceS : sinceS % everyS) < forS;
}
