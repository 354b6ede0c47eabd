/**
 * How long systemd is to wait for a watchdog message. A start loads programs and finds encoders
 * all at once, messages of a busy machine come late then, and a kill would only start it all
 * over: the timeout is long until messages have come in time for a while.
 */
export interface WatchdogTimeout {
  readonly messageMs: number;
  /** Since when messages come in time. */
  readonly onTimeSinceMs: number;
  readonly isShort: boolean;
}

/** For `WATCHDOG_USEC=` until a start has settled. */
export const STARTING_USEC = 15_000_000;
const SETTLED_MS = 30_000;
/** Of the time between two messages. */
const LATE_RATIO = 1.5;

export function startTimeout(nowMs: number): WatchdogTimeout {
  return { messageMs: nowMs, onTimeSinceMs: nowMs, isShort: false };
}

/** One message more. Once short it stays so. Pure. */
export function stepTimeout(
  before: WatchdogTimeout,
  everyMs: number,
  nowMs: number,
): WatchdogTimeout {
  const isLate = nowMs - before.messageMs > LATE_RATIO * everyMs;
  const onTimeSinceMs = isLate ? nowMs : before.onTimeSinceMs;
  const isShort = before.isShort || nowMs - onTimeSinceMs >= SETTLED_MS;
  return { messageMs: nowMs, onTimeSinceMs, isShort };
}
