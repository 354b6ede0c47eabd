/** How much of something a client may have: it grows with time, up to a limit. Pure but for its state. */

export interface Budget {
  left: number;
  atMs: number;
}

/** @returns how much of `wanted` is granted. */
export function takeFrom(
  budget: Budget,
  wanted: number,
  limits: { readonly perS: number; readonly max: number },
  nowMs: number,
): number {
  const grown = budget.left + (limits.perS * Math.max(0, nowMs - budget.atMs)) / 1000;
  const possible = Math.min(limits.max, grown);
  const taken = Math.min(wanted, Math.floor(possible));
  budget.left = possible - taken;
  budget.atMs = nowMs;
  return taken;
}
