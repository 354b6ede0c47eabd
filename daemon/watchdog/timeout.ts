/**
 * How long systemd is to wait for a beat. A start loads programs and finds encoders all
 * at once, beats of a starved machine come late then, and a kill would only begin it all
 * again: the watchdog is patient until beats have come in time for a while.
 */
export interface Leash {
  readonly beatMs: number;
  /** Since when beats come in time. */
  readonly calmMs: number;
  readonly isShort: boolean;
}

/** For `WATCHDOG_USEC=` until a start has settled. */
export const STARTING_USEC = 15_000_000;
const SETTLES_MS = 30_000;
/** Of the time between two beats. */
const LATE = 1.5;

export function startLeash(nowMs: number): Leash {
  return { beatMs: nowMs, calmMs: nowMs, isShort: false };
}

/** One beat more. Once short it stays so. Pure. */
export function stepLeash(before: Leash, everyMs: number, nowMs: number): Leash {
  const isLate = nowMs - before.beatMs > LATE * everyMs;
  const calmMs = isLate ? nowMs : before.calmMs;
  return { beatMs: nowMs, calmMs, isShort: before.isShort || nowMs - calmMs >= SETTLES_MS };
}
